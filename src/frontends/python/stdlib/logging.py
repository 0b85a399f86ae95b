# Logging tells the user something and changes nothing that is counted.
NOTSET, DEBUG, INFO, WARNING, ERROR, CRITICAL = 0, 10, 20, 30, 40, 50
WARN, FATAL = WARNING, CRITICAL
_names = {0: 'NOTSET', 10: 'DEBUG', 20: 'INFO', 30: 'WARNING', 40: 'ERROR', 50: 'CRITICAL'}


def getLevelName(level):
    if isinstance(level, str):
        for number, name in _names.items():
            if name == level:
                return number
    return _names.get(level, f'Level {level}')


def addLevelName(level, name):
    _names[level] = name


class Filter:
    def __init__(self, name=''):
        self.name = name

    def filter(self, record):
        return True


class Formatter:
    def __init__(self, *args, **kwargs):
        pass

    def format(self, record):
        return ''


class Handler:
    def __init__(self, *args, **kwargs):
        self.level = NOTSET
        self.formatter = None

    def setLevel(self, level):
        self.level = level

    def setFormatter(self, formatter):
        self.formatter = formatter

    def addFilter(self, filter):
        pass

    def emit(self, record):
        pass

    def flush(self):
        pass

    def close(self):
        pass


class StreamHandler(Handler):
    pass


class FileHandler(StreamHandler):
    pass


class NullHandler(Handler):
    pass


class Logger:
    def __init__(self, name, level=NOTSET):
        self.name = name
        self.level = level
        self.parent = None
        self.propagate = True
        self.disabled = False
        self.handlers = []
        self.filters = []

    def _tell(self, *args, **kwargs):
        pass

    debug = info = warning = warn = error = exception = critical = fatal = log = _tell

    def setLevel(self, level):
        self.level = getLevelName(level) if isinstance(level, str) else level

    def getEffectiveLevel(self):
        if self.level:
            return self.level
        return WARNING if self.parent is None else self.parent.getEffectiveLevel()

    def isEnabledFor(self, level):
        return level >= self.getEffectiveLevel()

    def hasHandlers(self):
        return len(self.handlers) > 0

    def addHandler(self, handler):
        self.handlers.append(handler)

    def removeHandler(self, handler):
        if handler in self.handlers:
            self.handlers.remove(handler)

    def addFilter(self, filter):
        self.filters.append(filter)

    def removeFilter(self, filter):
        if filter in self.filters:
            self.filters.remove(filter)

    def getChild(self, suffix):
        return getLogger(f'{self.name}.{suffix}')


class LoggerAdapter(Logger):
    def __init__(self, logger, extra=None):
        super().__init__(logger.name)
        self.logger = logger
        self.extra = extra


root = Logger('root', WARNING)
_loggers = {}


def getLogger(name=None):
    if not name or name == 'root':
        return root
    if name not in _loggers:
        made = _loggers[name] = Logger(name)
        made.parent = root
    return _loggers[name]


def getLoggerClass():
    return Logger


def _tell(*args, **kwargs):
    pass


debug = info = warning = warn = error = exception = critical = fatal = log = _tell
basicConfig = disable = captureWarnings = setLoggerClass = shutdown = _tell
