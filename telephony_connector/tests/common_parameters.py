import inspect


def get_methods(env, addon):
    """Return the public methods that an addon defines and that have parameters:
    (model, name) → function."""
    package = f"odoo.addons.{addon}."
    found = {}
    for model in env.registry:
        core = {
            name
            for cls in type(env[model]).mro()
            if not cls.__module__.startswith(package) and cls.__module__ != "odoo.api"
            for name in vars(cls)
        }
        for cls in type(env[model]).mro():
            if not cls.__module__.startswith(package):
                continue
            for name, method in vars(cls).items():
                is_public = inspect.isfunction(method) and not name.startswith("_")
                whole = getattr(type(env[model]), name, None)
                if not is_public or name in core or hasattr(whole, "_api_private"):
                    continue
                parameters = inspect.signature(method).parameters
                if len(parameters) > 1 and "args" not in parameters:
                    found[model, name] = method
    return found
