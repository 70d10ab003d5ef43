namespace Hfmc.Core.Transfers;

/// <summary>Turns what each source said into the one sentence that ends the command.</summary>
static class TransferFailure
{
    public static HfmcException Of(string file, IReadOnlyList<SourceException> failures)
    {
        var said = Said(failures);
        if (failures.Count is 0)
            return new OfflineException($"{file}: no source has it; add a peer with 'hfmc peer add HOST', or check the network");
        if (failures.Any(failure => failure.Fault is SourceFault.WrongBytes))
            return new CorruptException($"{file}: no source sent the right bytes ({said}); nothing wrong was kept, try again later or from another source ('hfmc conf sources set URL')");
        if (failures.Where(failure => failure.Fault is SourceFault.Denied).OrderByDescending(failure => failure.SaysWhatToDo).FirstOrDefault() is { } denied)
            return new DeniedException(denied.SaysWhatToDo ? denied.Message : $"{file}: access denied ({said}); run 'hfmc auth login' with an account that may read it");
        if (failures.All(failure => failure.Fault is SourceFault.Missing))
            return new NotFoundException($"{file}: not found ({said}); check the name and the revision");
        return new OfflineException($"{file}: no source could deliver it ({said}); run the command again: it goes on where it stopped");
    }

    public static HfmcException OutOfPatience(string file, TimeSpan patience, IReadOnlyList<SourceException> failures) =>
        new OfflineException($"{file}: no byte for {patience.TotalSeconds:0} s ({Said(failures)}); run the command again: it goes on where it stopped");

    static string Said(IReadOnlyList<SourceException> failures) => string.Join("; ", failures.Select(failure => failure.Message));
}
