namespace Hfmc.Core.Platform;

/// <summary>A place that hfmc reads and writes, with the advice that fits when the disk refuses: how to give it room, and how to choose another.</summary>
/// <param name="Another">What the user may do to choose another place, as it stands after "or".</param>
public sealed record DiskPlace(string Another)
{
    /// <summary>The models.</summary>
    public static DiskPlace Cache { get; } = new("choose another cache with 'hfmc conf cache set DIR' or HFMC_CACHE")
    {
        Room = "free some space ('hfmc model prune' and 'hfmc model rm' help)",
        Resumes = true,
    };

    /// <summary>Settings, the node's key, peers and clusters.</summary>
    public static DiskPlace Home { get; } = new("set HFMC_HOME to another folder");

    /// <summary>The socket, the lock and the log of a running daemon.</summary>
    public static DiskPlace Run { get; } = new("set XDG_RUNTIME_DIR to another folder of your own");

    /// <summary>The files of huggingface_hub's login.</summary>
    public static DiskPlace Login { get; } = new("choose another place with HF_HOME or HF_TOKEN_PATH, or pass the token in HF_TOKEN");

    /// <summary>The folder of <c>--local-dir</c>.</summary>
    public static DiskPlace LocalFolder { get; } = new("name another folder with --local-dir");

    /// <summary>The folder that is imported.</summary>
    public static DiskPlace ImportSource { get; } = new("copy the folder to a place where you can read all of it");

    /// <summary>The unit of the systemd service.</summary>
    public static DiskPlace Service { get; } = new("set XDG_CONFIG_HOME to another folder");

    /// <summary>What <c>./install</c> put under its prefix.</summary>
    public static DiskPlace Program { get; } = new("run the command as the user that installed hfmc");

    /// <summary>Standard output.</summary>
    public static DiskPlace Output { get; } = new("send the output to another place");

    /// <summary>How to make room on a full disk.</summary>
    public string Room { get; init; } = "free some space";

    /// <summary>True when a command that is run again goes on where it stopped.</summary>
    public bool Resumes { get; init; }
}
