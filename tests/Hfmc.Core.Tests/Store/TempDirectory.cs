namespace Hfmc.Core.Tests.Store;

/// <summary>A folder of its own for one test.</summary>
sealed class TempDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("hfmc-store-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
