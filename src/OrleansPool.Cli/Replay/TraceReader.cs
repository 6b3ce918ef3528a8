using System.Text.Json;

namespace OrleansPool.Cli.Replay;

/// <summary>
/// Reads a trace of a conversation service as Mooncake published it (FAST'25): one JSON object a line, of which
/// <c>timestamp</c> and <c>hash_ids</c> are used.
/// </summary>
internal static class TraceReader
{
    /// <summary>The block ids of each request, in the order of their time.</summary>
    /// <exception cref="InvalidDataException">A line is not a request; the message names it.</exception>
    public static async Task<List<long[]>> ReadAsync(string path, int requestCountMax, CancellationToken cancellationToken)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"There is no trace '{path}'.");
        List<(long Timestamp, long[] Blocks)> requests = [];
        int number = 0;
        await foreach (string line in File.ReadLinesAsync(path, cancellationToken))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            requests.Add(Parse(line, path, number));
        }

        return [.. requests.OrderBy(request => request.Timestamp).Take(requestCountMax).Select(request => request.Blocks)];
    }

    private static (long Timestamp, long[] Blocks) Parse(string line, string path, int number)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement request = document.RootElement;
            return (
                request.GetProperty("timestamp").GetInt64(),
                [.. request.GetProperty("hash_ids").EnumerateArray().Select(id => id.GetInt64())]);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException(
                $"{path}:{number} is not a request: expected an object with a number 'timestamp' and an array of numbers 'hash_ids'. {e.Message}", e);
        }
    }
}
