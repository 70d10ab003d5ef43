using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Hfmc.Core.Transfers;

/// <summary>A JSON list of so many entries at most. They are counted as they are read: of a longer one no more become objects.</summary>
public abstract class BoundedList<T>(int most) : JsonConverter<T[]>
{
    public override T[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType is not JsonTokenType.StartArray)
            throw new JsonException("a list is wanted");
        var entries = new List<T>();
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
            entries.Add(entries.Count < most ? ReadEntry(ref reader, options) : throw new JsonException($"more than {most} entries"));
        return [.. entries];
    }

    public override void Write(Utf8JsonWriter writer, T[] value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var entry in value)
            JsonSerializer.Serialize(writer, entry, (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T)));
        writer.WriteEndArray();
    }

    // JSON may put null where an entry is wanted: who takes the list apart looks for that.
    protected virtual T ReadEntry(ref Utf8JsonReader reader, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize(ref reader, (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T)))!;
}

/// <summary>A list of short texts.</summary>
public abstract class BoundedTexts(int most, int longest) : BoundedList<string>(most)
{
    protected override string ReadEntry(ref Utf8JsonReader reader, JsonSerializerOptions options) =>
        (reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length) <= longest
            ? base.ReadEntry(ref reader, options)
            : throw new JsonException($"a text of more than {longest} bytes");
}
