using System.CommandLine;

namespace Hfmc.Commands;

static class ModelCommand
{
    public static Command Create() => new("model", "Bring models into the cache, list, check and remove them")
    {
        ModelAddCommand.Create(),
        ModelListCommand.Create(),
        ModelRemoveCommand.Create(),
        ModelPruneCommand.Create(),
        ModelSearchCommand.Create(),
        ModelVerifyCommand.Create(),
        ModelImportCommand.Create(),
    };
}
