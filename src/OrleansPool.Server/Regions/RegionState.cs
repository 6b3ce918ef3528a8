using OrleansPool.Server.Storage;

namespace OrleansPool.Server.Regions;

/// <summary>What the storage provider holds of a region.</summary>
[GenerateSerializer, Alias("OrleansPool.RegionState")]
internal sealed class RegionState : IVersionedState<RegionState>
{
    /// <summary>Version of the page table; each write raises it. 0: there is no region.</summary>
    [Id(0)]
    public long Version { get; set; }

    /// <summary>Who wrote this version: drawn anew for each write, so that a writer recognises its own.</summary>
    [Id(1)]
    public Guid Writer { get; set; }

    /// <summary>Whether the region is being deleted: its memory may be freed at any time.</summary>
    [Id(2)]
    public bool IsDeleted { get; set; }

    /// <summary>Pool of its memory.</summary>
    [Id(3)]
    public string Pool { get; set; } = PoolNames.Default;

    /// <summary>Length in bytes.</summary>
    [Id(4)]
    public long Length { get; set; }

    /// <summary>Size of the pool's blocks.</summary>
    [Id(5)]
    public int BlockBytes { get; set; }

    /// <summary>Its extents, in order of their bytes.</summary>
    [Id(6)]
    public List<LeaseExtent> Extents { get; set; } = [];

    /// <summary>Which region of its name: drawn when it was made.</summary>
    [Id(7)]
    public Guid Id { get; set; }

    /// <summary>Whether there is a region.</summary>
    public bool Exists => Version > 0 && !IsDeleted;

    RegionState IVersionedState<RegionState>.Next() => Next();

    internal RegionState Next() => new()
    {
        Version = Version + 1,
        Writer = Guid.NewGuid(),
        IsDeleted = IsDeleted,
        Id = Id,
        Pool = Pool,
        Length = Length,
        BlockBytes = BlockBytes,
        Extents = [.. Extents],
    };
}
