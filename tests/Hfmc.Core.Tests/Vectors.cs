using System.Text.Json;

namespace Hfmc.Core.Tests;

/// <summary>Published test vectors, which lie beside the tests that use them.</summary>
static class Vectors
{
    public static JsonElement Read(string folder, string file) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, folder, file))).RootElement;
}
