using Orleans.Storage;
using OrleansPool.Server.Storage;

namespace OrleansPool.Server.Tests.Storage;

/// <summary>What storage holds of one grain, under an ETag, for any number of activations.</summary>
internal sealed class StateRecord<TState>
    where TState : new()
{
    public TState State { get; set; } = new();

    public int ETag { get; set; }
}

/// <summary>One activation's view of a record. What becomes of its writes is planned by the test, one plan for each write; then all is well.</summary>
internal sealed class UnreliableState<TState>(StateRecord<TState> record) : IPersistentState<TState>
    where TState : class, IVersionedState<TState>, new()
{
    private readonly Queue<WriteFate> _fates = new();
    private readonly List<(TState State, int ETag)> _late = [];
    private int _etag;

    public TState State { get; set; } = new();

    public string Etag => $"{_etag}";

    public bool RecordExists => record.ETag > 0;

    public void Plan(params WriteFate[] fates) => Array.ForEach(fates, _fates.Enqueue);

    /// <summary>Lets writes arrive that are on their way.</summary>
    public void Deliver()
    {
        foreach ((TState state, int etag) in _late) TryApply(state, etag);
        _late.Clear();
    }

    public Task ReadStateAsync()
    {
        State = record.State;
        _etag = record.ETag;
        return Task.CompletedTask;
    }

    public Task WriteStateAsync()
    {
        WriteFate fate = _fates.TryDequeue(out WriteFate planned) ? planned : WriteFate.Answered;
        if (fate == WriteFate.OvertakenByEarlier) Deliver();
        if (fate == WriteFate.Late) _late.Add((State, _etag));
        else if (fate != WriteFate.Dropped && !TryApply(State, _etag)) throw new InconsistentStateException("The ETag has changed.");
        if (fate is WriteFate.Answered or WriteFate.OvertakenByEarlier)
        {
            _etag = record.ETag;
            return Task.CompletedTask;
        }

        throw new TimeoutException("Storage did not answer.");
    }

    public Task ClearStateAsync()
    {
        record.State = new TState();
        record.ETag++;
        return ReadStateAsync();
    }

    private bool TryApply(TState state, int etag)
    {
        if (etag != record.ETag) return false;
        record.State = state;
        record.ETag++;
        return true;
    }
}
