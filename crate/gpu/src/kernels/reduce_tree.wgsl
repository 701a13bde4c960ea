// A workgroup reduces {{COLUMNS}} neighbouring points with {{LANES}} invocations each: every lane
// combines a strided share of the elements, then a tree over the lanes combines the shares.
var<workgroup> share: array<{{TYPE}}, {{SIZE}}>;

@compute @workgroup_size({{COLUMNS}}, {{LANES}})
fn main(
    @builtin(local_invocation_id) local: vec3<u32>,
    @builtin(workgroup_id) group: vec3<u32>,
) {
    let point = (group.x + group.y * {{ROW}}u) * {{COLUMNS}}u + local.x;
    let slot = local.y * {{COLUMNS}}u + local.x;
{{COORDINATES}}    var total = {{IDENTITY}};
    if (point < {{POINTS}}u) {
        for (var inner = local.y; inner < {{INNER}}u; inner += {{LANES}}u) {
{{PRE}}            total = {{COMBINE}};
        }
    }
    share[slot] = total;
    for (var reach = {{LANES}}u / 2u; reach > 0u; reach >>= 1u) {
        workgroupBarrier();
        if (local.y < reach) {
            let value = share[slot + reach * {{COLUMNS}}u];
            total = {{COMBINE_VALUE}};
            share[slot] = total;
        }
    }
    if (local.y == 0u && point < {{POINTS}}u) {
        let core = total;
{{BODY}}    }
}
