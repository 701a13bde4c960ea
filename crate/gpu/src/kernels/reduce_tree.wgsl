// A workgroup reduces {{COLUMNS}} neighbouring points with several invocations each, its lanes.
{{SHARES}}
@compute @workgroup_size({{SIZE}})
fn main(
    @builtin(local_invocation_id) local: vec3<u32>,
    @builtin(local_invocation_index) slot: u32,
    @builtin(workgroup_id) group: vec3<u32>,
) {
    let column = {{COLUMN}};
    let lane = {{LANE}};
    let point = (group.x + group.y * {{ROW}}u) * {{COLUMNS}}u + column;
{{COORDINATES}}{{PASSES}}    if (lane == 0u && point < {{POINTS}}u) {
{{BODY}}    }
}
