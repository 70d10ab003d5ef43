namespace Hfmc.Core.Transfers;

/// <summary>Turns what each source said into the one sentence that ends the command.</summary>
static class TransferFailure
{
    public static HfmcException Of(string file, IReadOnlyList<SourceException> failures)
    {
        var said = Said(failures);
        if (failures.Count is 0)
            return new OfflineException($"{file}: no source has it; add a peer with 'hfmc peer add HOST', or check the network");
        if (failures.Any(failure => failure.Fault is SourceFault.Lied))
            return new CorruptException($"{file}: no source sent the right bytes ({said}); nothing wrong was kept, try again later or from another source ('hfmc conf sources set URL')");
        if (failures.Any(failure => failure.Fault is SourceFault.Denied))
            return new DeniedException($"{file}: access denied ({said}); accept the repo's terms in a browser if it is gated, then run 'hfmc auth login'");
        if (failures.All(failure => failure.Fault is SourceFault.Missing))
            return new NotFoundException($"{file}: not found ({said}); check the name and the revision");
        return new OfflineException($"{file}: no source could deliver it ({said}); run the command again: it goes on where it stopped");
    }

    public static HfmcException OutOfPatience(string file, TimeSpan patience, IReadOnlyList<SourceException> failures) =>
        new OfflineException($"{file}: no byte for {patience.TotalSeconds:0} s ({Said(failures)}); run the command again: it goes on where it stopped");

    static string Said(IReadOnlyList<SourceException> failures) => string.Join("; ", failures.Select(failure => failure.Message));
}
