//! The records that are not checked here, each with the reason.

const HOST: &str = "A closed form or an enumeration on the host, with no tensor graph behind it.";
const DIGITS: &str = "Needs the digits, which belong to the exhibits and not to the engine.";
const EXHIBIT: &str = "Judges the exhibits' own functions: a test of the crate of models.";

/// File, record, reason.
pub const SKIPPED: &[(&str, &str, &str)] = &[
    ("torch", "vae.bernoulli", EXHIBIT),
    ("torch", "vae.gaussian", EXHIBIT),
    ("torch", "vae.importance_weighted", EXHIBIT),
    ("torch", "gan.losses", EXHIBIT),
    ("sklearn", "rbm.energies.", EXHIBIT),
    ("sklearn", "rbm.exact.", EXHIBIT),
    ("seed1", "rbm.exact", EXHIBIT),
    ("seed1", "dbm.exact", EXHIBIT),
    ("sklearn", "rbm.digits.16", DIGITS),
    ("sklearn", "ppca.digits.2", DIGITS),
    ("sklearn", "ppca.digits.8", DIGITS),
    ("sklearn", "ppca.digits.16", DIGITS),
    ("seed1", "nn.gelu_erf", "The graph has no erf; its GELU is the tanh form."),
    ("seed1", "gmm.em_trace", "EM inverts covariances, and the graph has no factorisation of matrices."),
    (
        "seed1",
        "clf.sklearn",
        "Discriminative classifiers fitted to convergence: nothing generative is trained.",
    ),
    ("seed1", "nj.asymptote", HOST),
    ("seed1", "ppca.optimum", "An eigenvalue problem: the graph has no factorisation of matrices."),
    ("seed1", "lds.kalman", "Kalman smoothing inverts matrices, and the graph has no factorisation."),
    ("seed1", "diff.gauss_exact", HOST),
    ("seed1", "collapse.gaussian", HOST),
];
