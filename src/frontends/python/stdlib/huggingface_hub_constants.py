# Where downloads are kept when nothing else is set: no model is read from there.
HF_HOME = '~/.cache/huggingface'
HF_HUB_CACHE = '~/.cache/huggingface/hub'
HUGGINGFACE_HUB_CACHE = HF_HUB_CACHE
HF_MODULES_CACHE = '~/.cache/huggingface/modules'
HF_HUB_OFFLINE = False
ENDPOINT = 'https://huggingface.co'
