//! Kernels on a real adapter against plain loops. Set `VK_DRIVER_FILES` to choose a driver (Mesa's
//! `lvp_icd.*.json` is one that needs no GPU). Without any adapter these tests are skipped with a
//! warning, unless `TILDE_REQUIRE_GPU` is set.

mod build;
mod check;
mod device;
mod elementwise;
mod matmul;
mod program;
mod random_graphs;
mod reduce;
mod reference;
mod rows;
mod snapshots;
mod training;
mod windows;
