/**
 * Our own syntax tree of Python: plain data with offsets into the text (UTF-16 code units). What the parser could not
 * make sense of is an `error` node, which the interpreter turns into a gap where it is reached.
 */
interface At {
  readonly start: number;
  readonly end: number;
}

export type Expression =
  | Name
  | Attribute
  | Call
  | Int
  | Float
  | Str
  | Constant
  | Subscript
  | Slice
  | Sequence
  | Binary
  | Unary
  | BoolOp
  | Compare
  | Conditional
  | Dict
  | FString
  | Comprehension
  | DictComprehension
  | Lambda
  | Starred
  | Named
  | Yield
  | Await
  | SyntaxError;

export interface Name extends At {
  readonly kind: 'name';
  readonly id: string;
}
export interface Attribute extends At {
  readonly kind: 'attribute';
  readonly object: Expression;
  readonly name: string;
}
export interface Argument extends At {
  readonly form: 'positional' | 'star' | 'keyword' | 'double-star';
  /** Of keyword arguments. */
  readonly name?: string;
  readonly value: Expression;
}
export interface Call extends At {
  readonly kind: 'call';
  readonly callee: Expression;
  readonly args: readonly Argument[];
}
export interface Int extends At {
  readonly kind: 'int';
  readonly value: number | bigint;
}
export interface Float extends At {
  readonly kind: 'float';
  readonly value: number;
  /** `2j` */
  readonly imaginary: boolean;
}
export interface Str extends At {
  readonly kind: 'string';
  readonly value: string;
  readonly bytes: boolean;
}
export interface Constant extends At {
  readonly kind: 'constant';
  readonly value: 'None' | 'True' | 'False' | 'Ellipsis';
}
export interface Subscript extends At {
  readonly kind: 'subscript';
  readonly object: Expression;
  readonly index: Expression;
}
export interface Slice extends At {
  readonly kind: 'slice';
  readonly lower?: Expression;
  readonly upper?: Expression;
  readonly step?: Expression;
}
export interface Sequence extends At {
  readonly kind: 'tuple' | 'list' | 'set';
  readonly items: readonly Expression[];
}
export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**' | '@' | '<<' | '>>' | '&' | '|' | '^';
export interface Binary extends At {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}
export type UnaryOperator = '-' | '+' | '~' | 'not';
export interface Unary extends At {
  readonly kind: 'unary';
  readonly operator: UnaryOperator;
  readonly operand: Expression;
}
export interface BoolOp extends At {
  readonly kind: 'bool';
  readonly operator: 'and' | 'or';
  readonly left: Expression;
  readonly right: Expression;
}
export type CompareOperator = '<' | '>' | '<=' | '>=' | '==' | '!=' | 'in' | 'not in' | 'is' | 'is not';
export interface Compare extends At {
  readonly kind: 'compare';
  readonly left: Expression;
  readonly rest: readonly { readonly operator: CompareOperator; readonly right: Expression }[];
}
export interface Conditional extends At {
  readonly kind: 'conditional';
  readonly test: Expression;
  readonly then: Expression;
  readonly otherwise: Expression;
}
export interface Dict extends At {
  readonly kind: 'dict';
  /** Without a key: `**value`. */
  readonly entries: readonly { readonly key?: Expression; readonly value: Expression }[];
}
export interface Replacement {
  readonly value: Expression;
  readonly conversion: string;
  readonly spec: readonly FStringPart[];
}
export type FStringPart = string | Replacement;
export interface FString extends At {
  readonly kind: 'f-string';
  readonly parts: readonly FStringPart[];
}
export interface Clause {
  readonly target: Expression;
  readonly iterable: Expression;
  readonly conditions: readonly Expression[];
}
export interface Comprehension extends At {
  readonly kind: 'list-comprehension' | 'set-comprehension' | 'generator';
  readonly element: Expression;
  readonly clauses: readonly Clause[];
}
export interface DictComprehension extends At {
  readonly kind: 'dict-comprehension';
  readonly key: Expression;
  readonly value: Expression;
  readonly clauses: readonly Clause[];
}
export interface Lambda extends At {
  readonly kind: 'lambda';
  readonly parameters: readonly Parameter[];
  readonly body: Expression;
}
export interface Starred extends At {
  readonly kind: 'starred';
  readonly value: Expression;
}
export interface Named extends At {
  readonly kind: 'named';
  readonly target: Name;
  readonly value: Expression;
}
export interface Yield extends At {
  readonly kind: 'yield';
  readonly from: boolean;
  readonly value?: Expression;
}
export interface Await extends At {
  readonly kind: 'await';
  readonly value: Expression;
}
export interface SyntaxError extends At {
  readonly kind: 'error';
}

export interface Parameter extends At {
  readonly name: string;
  /** `positional-only` stands before `/`, `keyword-only` after `*`. */
  readonly form: 'positional-only' | 'plain' | 'keyword-only' | 'star' | 'double-star';
  readonly annotation?: Expression;
  readonly fallback?: Expression;
}

export type Statement =
  | ExpressionStatement
  | Assign
  | AnnotatedAssign
  | AugmentedAssign
  | Return
  | If
  | For
  | While
  | Try
  | With
  | FunctionDefinition
  | ClassDefinition
  | Import
  | ImportFrom
  | Scope
  | Assert
  | Raise
  | Delete
  | Match
  | Simple
  | SyntaxError;

export interface ExpressionStatement extends At {
  readonly kind: 'expression';
  readonly value: Expression;
}
export interface Assign extends At {
  readonly kind: 'assign';
  readonly targets: readonly Expression[];
  readonly value: Expression;
}
export interface AnnotatedAssign extends At {
  readonly kind: 'annotated';
  readonly target: Expression;
  readonly annotation: Expression;
  readonly value?: Expression;
}
export interface AugmentedAssign extends At {
  readonly kind: 'augmented';
  readonly target: Expression;
  readonly operator: BinaryOperator;
  readonly value: Expression;
}
export interface Return extends At {
  readonly kind: 'return';
  readonly value?: Expression;
}
export interface If extends At {
  readonly kind: 'if';
  readonly test: Expression;
  readonly body: readonly Statement[];
  readonly otherwise: readonly Statement[];
}
export interface For extends At {
  readonly kind: 'for';
  readonly target: Expression;
  readonly iterable: Expression;
  readonly body: readonly Statement[];
  readonly otherwise: readonly Statement[];
}
export interface While extends At {
  readonly kind: 'while';
  readonly test: Expression;
  readonly body: readonly Statement[];
  readonly otherwise: readonly Statement[];
}
export interface Handler extends At {
  readonly type?: Expression;
  readonly name?: string;
  readonly body: readonly Statement[];
}
export interface Try extends At {
  readonly kind: 'try';
  readonly body: readonly Statement[];
  readonly handlers: readonly Handler[];
  readonly otherwise: readonly Statement[];
  readonly finally: readonly Statement[];
}
export interface With extends At {
  readonly kind: 'with';
  readonly items: readonly { readonly context: Expression; readonly target?: Expression }[];
  readonly body: readonly Statement[];
}
/** Statements that are converted when they are first asked for: most functions of a file are never called. */
export interface Suite {
  readonly statements: readonly Statement[];
}
export interface FunctionDefinition extends At {
  readonly kind: 'def';
  readonly name: string;
  readonly decorators: readonly Expression[];
  readonly parameters: readonly Parameter[];
  readonly returns?: Expression;
  readonly body: Suite;
  readonly async: boolean;
  /** Of the name, where the first line of the definition is. */
  readonly nameStart: number;
}
export interface ClassDefinition extends At {
  readonly kind: 'class';
  readonly name: string;
  readonly decorators: readonly Expression[];
  readonly bases: readonly Argument[];
  readonly body: Suite;
  readonly nameStart: number;
}
export interface Import extends At {
  readonly kind: 'import';
  readonly names: readonly { readonly module: string; readonly as?: string }[];
}
export interface ImportFrom extends At {
  readonly kind: 'import-from';
  /** Number of leading dots. */
  readonly level: number;
  readonly module: string;
  /** `*` alone for everything. */
  readonly names: readonly { readonly name: string; readonly as: string }[];
}
export interface Scope extends At {
  readonly kind: 'global' | 'nonlocal';
  readonly names: readonly string[];
}
export interface Assert extends At {
  readonly kind: 'assert';
  readonly test: Expression;
}
export interface Raise extends At {
  readonly kind: 'raise';
  readonly value?: Expression;
}
export interface Delete extends At {
  readonly kind: 'delete';
  readonly targets: readonly Expression[];
}
export type Pattern =
  | { readonly kind: 'capture'; readonly name: string }
  | { readonly kind: 'value'; readonly value: Expression }
  | { readonly kind: 'or'; readonly options: readonly Pattern[] }
  | { readonly kind: 'as'; readonly pattern: Pattern; readonly name: string }
  | { readonly kind: 'sequence'; readonly items: readonly Pattern[] }
  | { readonly kind: 'star'; readonly name: string }
  | {
      readonly kind: 'mapping';
      readonly entries: readonly { readonly key: Expression; readonly pattern: Pattern }[];
      readonly rest?: string;
    }
  | {
      readonly kind: 'instance';
      readonly type: Expression;
      readonly items: readonly Pattern[];
      readonly named: readonly { readonly name: string; readonly pattern: Pattern }[];
    }
  | { readonly kind: 'unreadable' };
export interface Match extends At {
  readonly kind: 'match';
  readonly subject: Expression;
  readonly cases: readonly {
    readonly pattern: Pattern;
    readonly guard?: Expression;
    readonly body: readonly Statement[];
  }[];
}
export interface Simple extends At {
  readonly kind: 'pass' | 'break' | 'continue';
}

export interface Module {
  readonly statements: readonly Statement[];
  /** First error of each region that could not be parsed. */
  readonly errors: readonly SyntaxError[];
}

export type Definition = FunctionDefinition | ClassDefinition;
