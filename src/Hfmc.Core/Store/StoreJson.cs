using System.Text.Encodings.Web;
using System.Text.Json.Serialization;

namespace Hfmc.Core.Store;

/// <summary>The files of the store that are JSON.</summary>
[JsonSerializable(typeof(TreeJson))]
[JsonSerializable(typeof(RepoRecordJson))]
sealed partial class StoreJson : JsonSerializerContext
{
    /// <summary>As Python's json.dump(indent=1), but names stay readable: nothing here is ever put into a web page.</summary>
    public static StoreJson Readable { get; } = new(new()
    {
        RespectNullableAnnotations = true,
        WriteIndented = true,
        IndentSize = 1,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
