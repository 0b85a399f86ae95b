# Names of types, and simple objects.


class SimpleNamespace:
    def __init__(self, /, **kwargs):
        for name, value in kwargs.items():
            setattr(self, name, value)

    def __eq__(self, other):
        return isinstance(other, SimpleNamespace) and self.__dict__ == other.__dict__


def _function():
    yield


FunctionType = type(_function)
LambdaType = FunctionType
GeneratorType = type(_function())
MethodType = type(SimpleNamespace(a=1).__init__)
BuiltinFunctionType = type(len)
NoneType = type(None)


UnionType = type(int | str)


class ModuleType:
    pass


class MappingProxyType(dict):
    pass


class DynamicClassAttribute(property):
    pass
