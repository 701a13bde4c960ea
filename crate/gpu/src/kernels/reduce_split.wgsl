// The first half of a reduction over few points and many elements: an invocation combines every
// {{PARTS}}th element of one point into the scratch buffer; a second dispatch combines those.
@compute @workgroup_size({{SIZE}})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let invocation = id.x + id.y * {{ROW}}u;
    if (invocation >= {{PARTS}}u * {{POINTS}}u) {
        return;
    }
    let point = {{POINT}};
    let part = {{PART}};
{{COORDINATES}}    var total = {{IDENTITY}};
    for (var inner = part; inner < {{INNER}}u; inner += {{PARTS}}u) {
{{PRE}}        total = {{COMBINE}};
    }
    scratch[part * {{POINTS}}u + point] = total;
}
