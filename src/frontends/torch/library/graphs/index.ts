/**
 * Libraries of graph networks, in our own words: they generate code from templates when they are imported, or call
 * native kernels, so there is no source that could be interpreted. Layers that are not here are read from the
 * environment's own files, on top of what is here.
 */
import { row } from '../row';
import aggregation from './aggregation.py';
import attention from './conv_attention.py';
import relational from './conv_relational.py';
import spatial from './conv_spatial.py';
import spectral from './conv_spectral.py';
import data from './data.py';
import dglConvs from './dgl_convs.py';
import dglFunction from './dgl_function.py';
import dglGraph from './dgl_graph.py';
import dglOps from './dgl_ops.py';
import edges from './edges.py';
import layers from './layers.py';
import messagePassing from './message_passing.py';
import scatter from './scatter.py';
import sparseFunctions from './sparse_functions.py';
import sparseMatrix from './sparse_matrix.py';
import sparsePackage from './sparse_package.py';
import sparseTorch from './sparse_torch.py';

const NN = 'torch_geometric.nn';
const within = (package_: string, names: string): readonly string[] =>
  names.split(' ').map(name => `${package_}.${name}`);
const convs = (names: string): readonly string[] => [NN, `${NN}.conv`, ...within(`${NN}.conv`, names)];
const utils = within(
  'torch_geometric.utils',
  'loop degree softmax _softmax scatter _scatter laplacian num_nodes one_hot sparse _spmm _to_dense_batch',
);

export const graphLibrary = [
  row('torch_scatter', scatter, ['torch_scatter.scatter', 'torch_scatter.composite', 'torch_scatter.utils']),
  row('torch_sparse.tensor', sparseMatrix, ['torch_sparse', 'torch_geometric.typing']),
  row('torch_sparse', sparsePackage),
  row('torch.sparse', sparseFunctions),
  row('torch._sparse', sparseTorch, ['torch']),
  row('torch_geometric.utils', edges, [...utils, `${NN}.inits`, `${NN}.conv.gcn_conv`]),
  row(`${NN}.aggr`, aggregation, [
    NN,
    ...within(`${NN}.aggr`, 'base basic attention set2set multi'),
    `${NN}.glob`,
    `${NN}.pool`,
    `${NN}.pool.glob`,
    `${NN}.resolver`,
  ]),
  row(`${NN}.conv.message_passing`, messagePassing, [NN, `${NN}.conv`]),
  row(
    `${NN}.conv.spectral`,
    spectral,
    convs('gcn_conv cheb_conv sg_conv ssg_conv appnp tag_conv lg_conv gcn2_conv graph_conv'),
  ),
  row(`${NN}.conv.spatial`, spatial, convs('sage_conv gin_conv edge_conv nn_conv gated_graph_conv simple_conv')),
  row(`${NN}.conv.attending`, attention, convs('gat_conv gatv2_conv transformer_conv')),
  row(`${NN}.conv.relational`, relational, convs('rgcn_conv hetero_conv')),
  row(`${NN}.dense.linear`, layers, [
    NN,
    `${NN}.dense`,
    `${NN}.norm`,
    `${NN}.resolver`,
    `${NN}.sequential`,
    `${NN}.models`,
    ...within(`${NN}.norm`, 'batch_norm layer_norm graph_norm instance_norm pair_norm graph_size_norm msg_norm'),
    ...within(`${NN}.models`, 'mlp jumping_knowledge'),
  ]),
  row('torch_geometric.data', data, ['torch_geometric.data.data', 'torch_geometric.data.batch']),
  row('dgl.heterograph', dglGraph, ['dgl']),
  row('dgl.function', dglFunction, ['dgl.function.message', 'dgl.function.reducer']),
  row('dgl.ops', dglOps, ['dgl.nn.functional', 'dgl.nn.pytorch.softmax', 'dgl.nn.pytorch']),
  row('dgl.nn.pytorch', dglConvs, ['dgl.nn', 'dgl.nn.pytorch.conv', 'dgl.nn.pytorch.glob', 'dgl.nn.pytorch.utils']),
];
