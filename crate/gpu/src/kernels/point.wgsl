// One invocation computes one point of the domain.
@compute @workgroup_size({{SIZE}})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let point = id.x + id.y * {{ROW}}u;
    if (point >= {{POINTS}}u) {
        return;
    }
{{COORDINATES}}{{CORE}}{{BODY}}}
