# Mixins of models that can be stored on a hub: they add no layers. Keywords of the class are notes for the hub.


class ModelHubMixin:
    def __init_subclass__(cls, **kwargs):
        pass


class PyTorchModelHubMixin(ModelHubMixin):
    pass
