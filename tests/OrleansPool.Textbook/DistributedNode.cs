using System.Text;

namespace OrleansPool.Textbook;

/// <summary>
/// A node of a distributed structure that keeps its data in the cluster's pool: 128 bytes, taken when the node is made and given
/// back when it is disposed.
/// </summary>
public sealed class DistributedNode : IAsyncDisposable
{
    public const string Pool = "nodes";
    public const int DataBytes = 128;

    private readonly MemoryLease _data;

    private DistributedNode(string name, MemoryLease data)
    {
        Name = name;
        _data = data;
    }

    public string Name { get; }

    /// <summary>The silo that holds the node's data.</summary>
    public NodeId Home => _data.Nodes[0];

    /// <summary>Makes a node; its data comes from the pool.</summary>
    public static async Task<DistributedNode> CreateAsync(IMemoryFabric fabric, string name, LeaseFallback fallback)
    {
        MemoryLease data = await fabric.LeaseAsync(Pool, DataBytes, new LeaseOptions { Owner = name, Fallback = fallback });
        await data.WriteAsync(0, Encoding.UTF8.GetBytes(name));
        return new DistributedNode(name, data);
    }

    /// <summary>Reads the node's data back and says where it lives.</summary>
    public async Task<string> DescribeAsync()
    {
        byte[] bytes = new byte[DataBytes];
        int count = await _data.ReadAsync(0, bytes);
        string text = Encoding.UTF8.GetString(bytes).TrimEnd('\0');
        return $"{Name}: {count} bytes of pool '{Pool}' on {Home}, holding \"{text}\"";
    }

    public ValueTask DisposeAsync() => _data.DisposeAsync();
}
