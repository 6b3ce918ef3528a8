namespace OrleansPool.Server.Hosting;

/// <summary>Configures a silo's share of the fabric in code.</summary>
public sealed class OrleansPoolBuilder
{
    internal OrleansPoolBuilder(OrleansPoolOptions options) => Options = options;

    /// <summary>Everything that can be set.</summary>
    public OrleansPoolOptions Options { get; }

    /// <summary>Sets all memory that the node may use, such as 4GiB.</summary>
    public OrleansPoolBuilder Capacity(string size)
    {
        Options.Capacity = size;
        return this;
    }

    /// <summary>Gives the node a spill file: see <see cref="OrleansPoolOptions.SpillFile"/>.</summary>
    public OrleansPoolBuilder SpillTo(string file, string capacity)
    {
        Options.SpillFile = file;
        Options.SpillCapacity = capacity;
        return this;
    }

    /// <summary>Declares a pool.</summary>
    public OrleansPoolBuilder Pool(string name, Action<PoolOptionsBuilder>? configure = null)
    {
        var pool = new PoolOptions { Name = name };
        configure?.Invoke(new PoolOptionsBuilder(pool));
        Options.Pools.Add(pool);
        return this;
    }

    /// <summary>Allows region names in memory storage on a cluster of several silos: see <see cref="OrleansPoolOptions.AllowVolatileNames"/>.</summary>
    public OrleansPoolBuilder AllowVolatileNames()
    {
        Options.AllowVolatileNames = true;
        return this;
    }

    /// <summary>Serves bytes by grain calls only: see <see cref="OrleansPoolOptions.ServesData"/>.</summary>
    public OrleansPoolBuilder WithoutDataPort()
    {
        Options.ServesData = false;
        return this;
    }
}
