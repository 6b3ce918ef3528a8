using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansPool;

/// <summary>Writes a <see cref="LeaseToken"/> as one JSON string.</summary>
public sealed class LeaseTokenJsonConverter : JsonConverter<LeaseToken>
{
    /// <inheritdoc/>
    public override LeaseToken Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        LeaseToken.TryParse(reader.GetString(), null, out LeaseToken? token)
            ? token
            : throw new JsonException("This JSON string is not a lease token.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, LeaseToken value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        writer.WriteStringValue(value.ToString());
    }
}
