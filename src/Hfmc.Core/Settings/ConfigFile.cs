using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hfmc.Core.Platform;

namespace Hfmc.Core.Settings;

/// <summary>
/// config.json: one JSON object with the names of <see cref="SettingKeys"/>; comments and trailing commas are read.
/// A change keeps all other members in their order, but not the comments. Whatever is wrong in it is an
/// <see cref="InputException"/> that names the file.
/// </summary>
public sealed class ConfigFile(string path)
{
    const int LargestSize = 1 << 20;

    static readonly JsonDocumentOptions s_reading =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false };

    // The plain encoder would write < > & ' + and all that is not ASCII as \u escapes; this file is for people.
    static readonly JsonWriterOptions s_writing = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string Path => path;

    /// <summary>What the file says, every name and type in it checked; nothing when there is no file.</summary>
    public SettingsInput Read()
    {
        var said = SettingsInput.At(path);
        foreach (var (name, value) in Members())
        {
            var key = SettingKeys.Find(name)
                ?? throw new InputException($"{path}: {SettingWords.Quote(name)} is not a setting: correct or remove it (the settings are {SettingKeys.Names()})");
            said = said.With(key, Words(key, value));
        }

        return said;
    }

    /// <summary>What the file says of one key; the others may be wrong.</summary>
    public SettingsInput Read(SettingKey key)
    {
        var said = SettingsInput.At(path);
        return Members().TryGetPropertyValue(key.Name, out var value) ? said.With(key, Words(key, value)) : said;
    }

    /// <summary>Stores a value that <see cref="SettingKey.Normalise"/> made. Works on a file whose other members are wrong, so that it can mend it.</summary>
    public void Set(SettingKey key, JsonNode value)
    {
        var members = Members();
        members[key.Name] = value;
        Write(members);
    }

    /// <summary>Back to the default; false when the file did not say anything about it.</summary>
    public bool Reset(SettingKey key)
    {
        var members = Members();
        if (!members.Remove(key.Name))
            return false;
        Write(members);
        return true;
    }

    IReadOnlyList<string> Words(SettingKey key, JsonNode? value) =>
        key.Form.ToWords(value)
        ?? throw new InputException($"{path}: {key.Name}: want {key.Form.Wanted()}; correct it, or run 'hfmc conf {key.Name} reset'");

    JsonObject Members()
    {
        if (PrivateFile.ReadText(path, LargestSize, DiskPlace.Home) is not { } text)
            return [];
        try
        {
            MustBeText(text);
            return JsonNode.Parse(text, documentOptions: s_reading) as JsonObject
                ?? throw new InputException($"{path} is not a JSON object: want {{ \"port\": 9090 }} or the like, or delete it for the defaults");
        }
        catch (JsonException error)
        {
            var reason = error.Message.Split(" Path:")[0].Split(" LineNumber:")[0].TrimEnd('.');
            throw new InputException(
                $"{path}, line {error.LineNumber + 1 ?? 1}: {reason}; correct the line, or delete the file for the defaults", error);
        }
    }

    // An escape of half a letter is found by a node only when somebody looks at it, and then as a defect of the program.
    static void MustBeText(string text)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        try
        {
            while (reader.Read())
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                    _ = reader.GetString();
        }
        catch (InvalidOperationException error)
        {
            throw new JsonException("an escape in it is no letter", path: null, lineNumber: null, bytePositionInLine: null, error);
        }
    }

    void Write(JsonObject members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, s_writing))
            members.WriteTo(writer);
        buffer.Write("\n"u8);
        PrivateFile.Write(path, buffer.WrittenSpan, DiskPlace.Home);
    }
}
