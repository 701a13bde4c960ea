"""Classifiers, as boundary.json: answers of scikit-learn and SciPy.

- `plane.*`: points of two classes, and the answers of logistic regression, support vector machines and
  Gaussians: coefficients, decision values, log-probabilities.
- `tree.*`: a decision tree on rows whose best splits have no ties: its leaves' shares at test rows.
- `crossover.*`: logistic regression, and naive Bayes with one variance for both classes, as linear rules.
- `digits.*`: accuracies and mean negative log-likelihoods on the odd rows of the digits after training
  on the even ones. Pixels are divided by 16; where scikit-learn was given raw pixels, gamma says so.

Smoothing is scikit-learn's `var_smoothing`; the full covariances are maximum likelihood with the
same number on their diagonals, evaluated by SciPy.

The figures that the design notes give are checked.
"""

import numpy as np
from scipy.special import logsumexp
from scipy.stats import multivariate_normal
from sklearn.datasets import load_digits
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from golden import f32, record, write


def sixty() -> tuple[np.ndarray, np.ndarray]:
    """The design's sixty points; class 1 is every third."""
    i = np.arange(60)
    x = np.array([0, 3, 1.5])[i % 3] + 0.5 * np.sin(12.9898 * i)
    y = np.where(i % 3 == 2, 2.5, 0) + 0.5 * np.cos(78.233 * i)
    return np.stack([x, y], 1), (i % 3 == 1).astype(int)


def gaussians(x, y, at, smoothing):
    """log P(y | x) of a Gaussian a class, by SciPy."""
    least = smoothing * x.var(0).max()
    classes = range(y.max() + 1)
    joint = np.stack(
        [
            np.log((y == k).mean())
            + multivariate_normal(
                x[y == k].mean(0), np.cov(x[y == k].T, bias=True) + least * np.eye(x.shape[1])
            ).logpdf(at)
            for k in classes
        ],
        1,
    )
    return joint - logsumexp(joint, 1, keepdims=True)


def plane(name, x, y, at, c, gamma, smoothing):
    """Every classifier on points of the plane."""
    logistic = LogisticRegression(C=c, tol=1e-12, max_iter=10_000).fit(x, y)
    linear = SVC(C=c, kernel="linear", tol=1e-10).fit(x, y)
    rbf = SVC(C=c, gamma=gamma, tol=1e-10).fit(x, y)
    naive = GaussianNB(var_smoothing=smoothing).fit(x, y)
    return record(
        f"plane.{name}",
        {"x": x, "y": y, "at": at, "c": c, "gamma": gamma, "smoothing": smoothing},
        {
            "logistic": np.append(logistic.coef_[0], logistic.intercept_),
            "linear": linear.decision_function(at),
            "rbf": rbf.decision_function(at),
            "bayes": naive.predict_log_proba(at),
            "gaussians": gaussians(x, y, at, smoothing),
        },
    )


def tree(name, x, y, at, depth):
    """A tree that sees every row and feature."""
    grown = DecisionTreeClassifier(random_state=0, max_depth=depth).fit(x, y)
    for seed in range(1, 5):  # no ties: the order in which features are tried does not matter
        other = DecisionTreeClassifier(random_state=seed, max_depth=depth).fit(x, y)
        assert np.array_equal(grown.tree_.threshold, other.tree_.threshold)
    given = {"x": x, "y": y, "at": at, "depth": depth}
    return record(f"tree.{name}", given, {"shares": grown.predict_proba(at), "leaves": grown.get_n_leaves()})


def crossover(name, random, m, d, noise, c):
    """The two linear rules of the learning curves, weights and then the intercept."""
    y = np.arange(m) % 2
    x = f32(random.normal(0, 1, (m, d)) + 0.3 * (2 * y[:, None] - 1))
    y = y ^ (random.uniform(size=m) < noise)
    logistic = LogisticRegression(C=c, tol=1e-12, max_iter=100_000).fit(x, y)
    # With uncorrelated features linear discriminant analysis is naive Bayes with shared variances: it is
    # given one feature at a time, and the intercepts add up apart from the prior's log odds.
    single = [LinearDiscriminantAnalysis(solver="lsqr").fit(x[:, [j]], y) for j in range(d)]
    odds = np.log(y.mean() / (1 - y.mean()))
    weights = [each.coef_[0, 0] for each in single]
    intercept = odds + sum(each.intercept_[0] - odds for each in single)
    return record(
        f"crossover.{name}",
        {"x": x, "y": y, "c": c},
        {"logistic": np.append(logistic.coef_[0], logistic.intercept_), "bayes": np.append(weights, intercept)},
    )


def score(log_p, y):
    """Accuracy and mean negative log-likelihood."""
    return {"accuracy": (log_p.argmax(1) == y).mean(), "nll": -log_p[np.arange(len(y)), y].mean()}


def main() -> None:
    random = np.random.default_rng(3)
    x, y = sixty()
    at = f32(random.uniform(-1, 4, (12, 2)))
    first = plane("sixty", x, y, at, 1.0, 0.5, 1e-9)
    expected = [2.2739549823, -1.3312823532, -3.8087193389]
    assert np.allclose(first["out"]["logistic"]["data"], expected, atol=1e-6)
    noisy = f32(random.normal(0, 1, (90, 2)) * [1.2, 0.6])
    labels = (noisy[:, 0] + noisy[:, 1] ** 2 + random.normal(0, 0.7, 90) > 0.2).astype(int)
    at = f32(random.uniform(-2.5, 2.5, (12, 2)))
    records = [first, plane("noisy", noisy, labels, at, 3.0, 1.5, 0.01)]

    rows = f32(random.normal(0, 1, (120, 5)))
    classes = (rows[:, 1] > 0.3).astype(int) + (rows[:, 3] + rows[:, 0] > 0.5)
    at = f32(random.normal(0, 1, (40, 5)))
    records += [tree("shallow", rows, classes, at, 3)]

    records.append(crossover("balanced", random, 80, 6, 0.0, 1e3))
    records.append(crossover("noisy", random, 61, 4, 0.15, 0.5))

    digits = load_digits()
    (train, test), (y, y_test) = (digits.data[0::2], digits.data[1::2]), (digits.target[0::2], digits.target[1::2])
    for smoothing, expected in ((1e-9, 0.77951), (1e-2, 0.90535)):
        log_p = GaussianNB(var_smoothing=smoothing).fit(train, y).predict_log_proba(test)
        out = score(log_p, y_test)
        assert abs(out["accuracy"] - expected) < 1e-5
        records.append(record(f"digits.bayes.{smoothing:g}", {"smoothing": smoothing}, out))
    out = score(gaussians(train / 16, y, test / 16, 1e-2), y_test)
    records.append(record("digits.gaussians.0.01", {"smoothing": 1e-2}, out))
    logistic = LogisticRegression(C=1, tol=1e-10, max_iter=100_000).fit(train / 16, y)
    out = score(logistic.predict_log_proba(test / 16), y_test)
    assert abs(out["accuracy"] - 0.948775) < 1e-6 and abs(out["nll"] - 0.206845) < 1e-6
    records.append(record("digits.logistic", {"c": 1}, out))
    svm = SVC(C=10, gamma=0.001, decision_function_shape="ovo", tol=1e-8).fit(train, y)
    accuracy = svm.score(test, y_test)
    assert abs(accuracy - 0.988864) < 1e-6
    values = svm.decision_function(test[:20])
    out = {"accuracy": accuracy, "decisions": values}
    records.append(record("digits.svm", {"c": 10, "gamma": 0.001 * 16**2}, out))
    forests = [RandomForestClassifier(100, random_state=seed).fit(train, y).score(test, y_test) for seed in range(5)]
    assert abs(forests[0] - 0.955457) < 1e-6
    records.append(record("digits.forest", {"trees": 100}, {"accuracy": forests[0], "seeds": np.array(forests)}))
    write("boundary.json", ["numpy", "scipy", "scikit-learn"], records)


if __name__ == "__main__":
    main()
