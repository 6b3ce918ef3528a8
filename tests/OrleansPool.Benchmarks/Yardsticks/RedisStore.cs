using System.Globalization;
using OrleansPool.Benchmarks.Subjects;
using StackExchange.Redis;

namespace OrleansPool.Benchmarks.Yardsticks;

/// <summary>A server of Redis' protocol behind StackExchange.Redis, with one multiplexer, as its users have it.</summary>
internal sealed class RedisStore : IDisposable
{
    private const int LoadBatchCount = 256;

    private readonly IRedisServer _server;
    private readonly ConnectionMultiplexer _connection;

    public RedisStore(IRedisServer server)
    {
        _server = server;
        _connection = ConnectionMultiplexer.Connect($"127.0.0.1:{server.Port}");
    }

    public IRedisServer Server => _server;

    public IDatabase Database => _connection.GetDatabase();

    public string Version => _connection.GetServers()[0].Version.ToString();

    /// <summary>Keys with a prefix of their own, in the form that redis-benchmark gives them.</summary>
    public static RedisKey[] MakeKeys(string prefix, int count) =>
        [.. Enumerable.Range(0, count).Select(i => (RedisKey)string.Create(CultureInfo.InvariantCulture, $"{prefix}:{i:000000000000}"))];

    /// <summary>Puts a value under each key.</summary>
    /// <returns>The keys, and as many more as may be added.</returns>
    public async Task<RedisKey[]> FillAsync(string prefix, int count, int valueBytes, int roomCount = 0)
    {
        RedisKey[] keys = MakeKeys(prefix, count + roomCount);
        IDatabase database = Database;
        for (int from = 0; from < count; from += LoadBatchCount)
        {
            await Task.WhenAll(Enumerable.Range(from, Math.Min(LoadBatchCount, count - from))
                .Select(i => database.StringSetAsync(keys[i], KeyedBytes.Make(valueBytes, i))));
        }

        return keys;
    }

    public void Dispose()
    {
        _connection.Dispose();
        _server.Dispose();
    }
}
