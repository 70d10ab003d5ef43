namespace Hfmc.Daemon.Tests.Fuzz;

/// <summary>What an asker does when its request is sent.</summary>
enum AfterSending
{
    /// <summary>Reads until the other end closes.</summary>
    Read,

    /// <summary>Says that nothing more comes, and reads.</summary>
    Close,

    /// <summary>Reads for a moment, and goes.</summary>
    Leave,

    /// <summary>Cuts the connection.</summary>
    Reset,
}
