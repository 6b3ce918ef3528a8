using OrleansPool.Server.Storage;

namespace OrleansPool.Server.Locks;

/// <summary>What the storage provider holds of a region's locks.</summary>
[GenerateSerializer, Alias("OrleansPool.RegionLockState")]
internal sealed class RegionLockState : IVersionedState<RegionLockState>
{
    /// <summary>Each write raises it. 0: no lock was ever taken.</summary>
    [Id(0)]
    public long Version { get; set; }

    /// <summary>Who wrote this version: drawn anew for each write, so that a writer recognises its own.</summary>
    [Id(1)]
    public Guid Writer { get; set; }

    /// <summary>The highest fence that was ever given out.</summary>
    [Id(2)]
    public ulong LastFence { get; set; }

    /// <summary>The locks that are held, in the order of their fences.</summary>
    [Id(3)]
    public List<LockRow> Locks { get; set; } = [];

    RegionLockState IVersionedState<RegionLockState>.Next() => Next();

    internal RegionLockState Next() => new() { Version = Version + 1, Writer = Guid.NewGuid(), LastFence = LastFence, Locks = [.. Locks] };
}
