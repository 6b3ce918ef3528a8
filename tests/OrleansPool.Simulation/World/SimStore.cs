using OrleansPool.Core.Replication;
using OrleansPool.Simulation.Engine;

namespace OrleansPool.Simulation.World;

/// <summary>
/// The store of the pool map: documents that change by compare-and-swap. It may be slow, lose replies, apply a write long after its caller gave
/// up, be away, and, in a class of runs of its own, go back to an older state.
/// </summary>
internal sealed class SimStore(SimWorld world, SeededRandom random)
{
    private readonly Dictionary<int, object> _documents = [];
    private readonly Dictionary<int, object> _saved = [];

    /// <summary>The store does not answer.</summary>
    public bool IsAway { get; set; }

    /// <summary>Looks at every request; of one for which it says true it takes care itself.</summary>
    public Func<SimSilo, StoreRequest, bool>? Interceptor { get; set; }

    /// <summary>The root as it is.</summary>
    public PoolMapRoot Root => (PoolMapRoot?)_documents.GetValueOrDefault(StoreRequest.Root) ?? PoolMapRoot.None;

    /// <summary>Every row as it is.</summary>
    public IEnumerable<SegmentRow> Rows => _documents.Values.OfType<PoolMapShard>().SelectMany(shard => shard.Rows);

    /// <summary>The rows of segments that are alive, in place of whatever a list has.</summary>
    public void ListActive(List<SegmentRow> rows)
    {
        rows.Clear();
        foreach (object document in _documents.Values)
        {
            if (document is not PoolMapShard shard) continue;
            foreach (SegmentRow row in shard.Rows)
            {
                if (row.State == SegmentState.Active) rows.Add(row);
            }
        }
    }

    /// <summary>The row of a segment as it is; null if there is none.</summary>
    public SegmentRow? Find(SegmentId segment) => ((PoolMapShard?)_documents.GetValueOrDefault(PoolMapShard.Of(segment)))?.Find(segment);

    /// <summary>A request arrives from a silo.</summary>
    public void Ask(SimSilo from, StoreRequest request)
    {
        if (Interceptor?.Invoke(from, request) == true) return;
        NodeId asker = from.Id;
        Swarm swarm = world.Swarm;
        TimeSpan there = Delay();
        bool isLost = IsAway || world.IsCutFromStore(from) || (swarm.StoreLoses && world.IsFaulty && random.OneIn(20));
        bool isApplied = !isLost;
        if (isLost && request.Content is not null && random.OneIn(2))
        {
            // The write is under way somewhere and lands after its caller has given up.
            isApplied = true;
            there = random.Between(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(8));
        }

        if (!isApplied)
        {
            if (random.OneIn(3)) world.Queue.Plan(Delay(), () => from.TakeStoreReply(asker, new StoreReply(request.Number, request.Document, StoreOutcome.Unknown, null)));
            return;
        }

        world.Queue.Plan(there, () =>
        {
            if (IsAway && request.Content is null) return;
            StoreReply reply = Apply(request);
            if (isLost || (swarm.StoreLoses && world.IsFaulty && random.OneIn(20))) return;
            world.Queue.Plan(Delay(), () => from.TakeStoreReply(asker, reply));
        });
    }

    /// <summary>Remembers the present state, to go back to.</summary>
    public void Save()
    {
        _saved.Clear();
        foreach ((int document, object content) in _documents) _saved[document] = content;
    }

    /// <summary>Goes back to the remembered state.</summary>
    public void GoBack()
    {
        _documents.Clear();
        foreach ((int document, object content) in _saved) _documents[document] = content;
    }

    private static long VersionOf(object? content) =>
        content switch { PoolMapRoot root => root.Version, PoolMapShard shard => shard.Version, _ => 0 };

    /// <summary>A request that was intercepted arrives now. Its reply goes nowhere by itself.</summary>
    public StoreReply Land(StoreRequest request) => Apply(request);

    private StoreReply Apply(StoreRequest request)
    {
        object? present = _documents.GetValueOrDefault(request.Document);
        if (request.Content is null) return new StoreReply(request.Number, request.Document, StoreOutcome.Done, present);
        if (!ReferenceEquals(present, request.Base)) return new StoreReply(request.Number, request.Document, StoreOutcome.Conflict, present);
        _documents[request.Document] = request.Content;
        if (request.Content is PoolMapShard shard) world.Invariants.OnShard((PoolMapShard?)present ?? PoolMapShard.None, shard);
        world.Queue.Note((ulong)VersionOf(request.Content) + ((ulong)request.Document << 32));
        return new StoreReply(request.Number, request.Document, StoreOutcome.Done, request.Content);
    }

    private TimeSpan Delay() => random.Between(TimeSpan.FromMicroseconds(300), TimeSpan.FromMilliseconds(world.Swarm.StoreIsSlow && world.IsFaulty ? 400 : 5));
}
