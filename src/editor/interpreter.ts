/** Which Python is meant: the setting, else what the Python extension has selected, else what the system calls Python. */
import { extensions, type Uri, window, workspace } from 'vscode';
import { settings } from './ids';

export async function interpreterFor(file: Uri): Promise<string> {
  const chosen = chosenInterpreter(file) ?? (await selectedInterpreter(file, true));
  return chosen ?? (process.platform === 'win32' ? 'python' : 'python3');
}

/** Where packages may lie. Wakes nobody: without a selection there is none. */
export async function knownInterpreter(): Promise<string | undefined> {
  // What lies in an environment is loaded.
  if (!workspace.isTrusted) return undefined;
  const file = window.activeTextEditor?.document.uri;
  return chosenInterpreter(file) ?? (await selectedInterpreter(file, false));
}

function chosenInterpreter(file: Uri | undefined): string | undefined {
  const set: unknown = workspace.getConfiguration(undefined, file).get(settings.python);
  return typeof set === 'string' && set.trim() !== '' ? set.trim() : undefined;
}

/** The part of the Python extension's interface that is used. */
interface PythonExtension {
  readonly environments?: {
    getActiveEnvironmentPath(resource?: Uri): { readonly path: string };
    resolveEnvironment(path: unknown): Promise<{ readonly executable: { readonly uri?: Uri } } | undefined>;
  };
}

async function selectedInterpreter(file: Uri | undefined, wake: boolean): Promise<string | undefined> {
  const extension = extensions.getExtension<PythonExtension>('ms-python.python');
  if (extension === undefined || !(extension.isActive || wake)) return undefined;
  try {
    const { environments } = await extension.activate();
    const resolved = await environments?.resolveEnvironment(environments.getActiveEnvironmentPath(file));
    return resolved?.executable.uri?.fsPath;
  } catch {
    // Another extension's failure: there are other ways to an interpreter.
    return undefined;
  }
}
