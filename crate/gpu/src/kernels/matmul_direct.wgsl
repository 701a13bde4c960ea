// A matrix product without shared memory: an invocation computes {{TILE_M}} × {{TILE_N}} outputs,
// holding one row of them in each `sum`. For small shapes and for software adapters, where a
// workgroup barrier costs more than the loads it saves.
alias Row = {{ROW_TYPE}};

{{FINISH}}
@compute @workgroup_size({{THREADS_N}}, {{THREADS_M}})
fn main(
    @builtin(local_invocation_id) local: vec3<u32>,
    @builtin(workgroup_id) group: vec3<u32>,
) {
{{PLACE}}    let m0 = (tile_m * {{THREADS_M}}u + local.y) * {{TILE_M}}u;
    let n0 = (tile_n * {{THREADS_N}}u + local.x) * {{TILE_N}}u;
    if (m0 >= {{M}}u || n0 >= {{N}}u) {
        return;
    }
{{ADDRESSES}}{{SUMS}}{{LOOPS}}{{STORE}}}
