// A workgroup reduces a few neighbouring points with several invocations each, its lanes.
const points = {{POINTS}}u;
const elements = {{ELEMENTS}}u;
const columns = {{COLUMNS}}u;
const lanes = {{LANES}}u;
// Invocations between neighbouring lanes of a point.
const reach = {{REACH}}u;
{{SHARES}}
@compute @workgroup_size(columns * lanes)
fn main(@builtin(local_invocation_index) slot: u32, @builtin(workgroup_id) group: vec3<u32>) {
    let lane = slot / reach % lanes;
    let point = (group.x + group.y * {{ROW}}u) * columns + slot {{COLUMN}};
{{COORDINATES}}{{PASSES}}    if (lane == 0u && point < points) {
{{BODY}}    }
}
