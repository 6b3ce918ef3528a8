using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansPool.Benchmarks.Reporting;

/// <summary>Writes rows as one JSON object per line.</summary>
internal static class JsonLines
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // for readers, not for web pages
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static void Write<TRow>(IEnumerable<TRow> rows, string path) =>
        File.WriteAllLines(path, rows.Select(row => JsonSerializer.Serialize(row, s_options)));
}
