//! Fully connected networks over the parameters of a group.

use super::file::{Array, array};
use super::trial::Trial;
use serde_json::Value;
use tilde_graph::{Graph, Group, Param, Tensor};

/// A group whose parameters are found by name.
pub struct Net {
    pub group: Group,
    names: Vec<String>,
}

/// The named tensors of a record.
pub fn weights(map: &Value) -> Vec<(String, Array)> {
    let map = map.as_object().unwrap_or_else(|| panic!("no map of weights: {map}"));
    map.iter().map(|(name, w)| (name.clone(), array(w))).collect()
}

impl Net {
    /// Declares the named tensors of a record as one group.
    pub fn new(trial: &mut Trial, name: &str, map: &Value) -> Net {
        let weights = weights(map);
        let group = trial.group(name, &weights);
        Net { group, names: weights.into_iter().map(|w| w.0).collect() }
    }

    /// The parameter of this name.
    pub fn param(&self, name: &str) -> Param {
        let at = self.names.iter().position(|n| n == name).unwrap_or_else(|| panic!("no parameter {name}"));
        self.group.params()[at]
    }

    /// The layers `w0, b0, w1, b1, …` whose names begin with `prefix`, an activation between them.
    pub fn mlp<'g>(
        &self,
        g: &'g Graph,
        prefix: &str,
        mut x: Tensor<'g>,
        activation: impl Fn(Tensor<'g>) -> Tensor<'g>,
    ) -> Tensor<'g> {
        let depth = self.names.iter().filter(|n| n.starts_with(&format!("{prefix}w"))).count();
        for i in 0..depth {
            let (w, b) = (self.param(&format!("{prefix}w{i}")), self.param(&format!("{prefix}b{i}")));
            x = x.matmul(g.param(w)) + g.param(b);
            if i + 1 < depth {
                x = activation(x);
            }
        }
        x
    }
}
