# Messages and reductions of DGL by their names.
from dgl.heterograph import _Message, _Reduce


def copy_u(u, out):
    return _Message('copy', ('u', u), None, out)


def copy_src(src, out):
    return copy_u(src, out)


def copy_e(e, out):
    return _Message('copy', ('e', e), None, out)


def copy_edge(edge, out):
    return copy_e(edge, out)


def src_mul_edge(src, edge, out):
    return u_mul_e(src, edge, out)


def sum(msg, out):
    return _Reduce('sum', msg, out)


def mean(msg, out):
    return _Reduce('mean', msg, out)


def max(msg, out):
    return _Reduce('max', msg, out)


def min(msg, out):
    return _Reduce('min', msg, out)


def u_add_v(lhs_field, rhs_field, out):
    return _Message('add', ('u', lhs_field), ('v', rhs_field), out)


def u_sub_v(lhs_field, rhs_field, out):
    return _Message('sub', ('u', lhs_field), ('v', rhs_field), out)


def u_mul_v(lhs_field, rhs_field, out):
    return _Message('mul', ('u', lhs_field), ('v', rhs_field), out)


def u_div_v(lhs_field, rhs_field, out):
    return _Message('div', ('u', lhs_field), ('v', rhs_field), out)


def u_dot_v(lhs_field, rhs_field, out):
    return _Message('dot', ('u', lhs_field), ('v', rhs_field), out)


def u_add_e(lhs_field, rhs_field, out):
    return _Message('add', ('u', lhs_field), ('e', rhs_field), out)


def u_sub_e(lhs_field, rhs_field, out):
    return _Message('sub', ('u', lhs_field), ('e', rhs_field), out)


def u_mul_e(lhs_field, rhs_field, out):
    return _Message('mul', ('u', lhs_field), ('e', rhs_field), out)


def u_div_e(lhs_field, rhs_field, out):
    return _Message('div', ('u', lhs_field), ('e', rhs_field), out)


def u_dot_e(lhs_field, rhs_field, out):
    return _Message('dot', ('u', lhs_field), ('e', rhs_field), out)


def v_add_u(lhs_field, rhs_field, out):
    return _Message('add', ('v', lhs_field), ('u', rhs_field), out)


def v_sub_u(lhs_field, rhs_field, out):
    return _Message('sub', ('v', lhs_field), ('u', rhs_field), out)


def v_mul_u(lhs_field, rhs_field, out):
    return _Message('mul', ('v', lhs_field), ('u', rhs_field), out)


def v_div_u(lhs_field, rhs_field, out):
    return _Message('div', ('v', lhs_field), ('u', rhs_field), out)


def v_dot_u(lhs_field, rhs_field, out):
    return _Message('dot', ('v', lhs_field), ('u', rhs_field), out)


def v_add_e(lhs_field, rhs_field, out):
    return _Message('add', ('v', lhs_field), ('e', rhs_field), out)


def v_sub_e(lhs_field, rhs_field, out):
    return _Message('sub', ('v', lhs_field), ('e', rhs_field), out)


def v_mul_e(lhs_field, rhs_field, out):
    return _Message('mul', ('v', lhs_field), ('e', rhs_field), out)


def v_div_e(lhs_field, rhs_field, out):
    return _Message('div', ('v', lhs_field), ('e', rhs_field), out)


def v_dot_e(lhs_field, rhs_field, out):
    return _Message('dot', ('v', lhs_field), ('e', rhs_field), out)


def e_add_u(lhs_field, rhs_field, out):
    return _Message('add', ('e', lhs_field), ('u', rhs_field), out)


def e_sub_u(lhs_field, rhs_field, out):
    return _Message('sub', ('e', lhs_field), ('u', rhs_field), out)


def e_mul_u(lhs_field, rhs_field, out):
    return _Message('mul', ('e', lhs_field), ('u', rhs_field), out)


def e_div_u(lhs_field, rhs_field, out):
    return _Message('div', ('e', lhs_field), ('u', rhs_field), out)


def e_dot_u(lhs_field, rhs_field, out):
    return _Message('dot', ('e', lhs_field), ('u', rhs_field), out)


def e_add_v(lhs_field, rhs_field, out):
    return _Message('add', ('e', lhs_field), ('v', rhs_field), out)


def e_sub_v(lhs_field, rhs_field, out):
    return _Message('sub', ('e', lhs_field), ('v', rhs_field), out)


def e_mul_v(lhs_field, rhs_field, out):
    return _Message('mul', ('e', lhs_field), ('v', rhs_field), out)


def e_div_v(lhs_field, rhs_field, out):
    return _Message('div', ('e', lhs_field), ('v', rhs_field), out)


def e_dot_v(lhs_field, rhs_field, out):
    return _Message('dot', ('e', lhs_field), ('v', rhs_field), out)
