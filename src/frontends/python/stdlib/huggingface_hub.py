# Mixins of models that can be stored on a hub: they add no layers. Keywords of the class are notes for the hub.


class ModelHubMixin:
    def __init_subclass__(cls, **kwargs):
        pass

    # What is stored is not read, so which model it is stays unknown.
    @classmethod
    def from_pretrained(cls, *args, **kwargs):
        from huggingface_hub.stored import model

        return model

    _from_pretrained = from_pretrained

    def save_pretrained(self, *args, **kwargs):
        pass

    def _save_pretrained(self, *args, **kwargs):
        pass

    def push_to_hub(self, *args, **kwargs):
        pass

    def generate_model_card(self, *args, **kwargs):
        pass


class PyTorchModelHubMixin(ModelHubMixin):
    pass
