using OrleansPool.Core.Replication;
using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Scenarios;

/// <summary>Takes the next write of some silo to the store out of its way: it arrives when the script says, or its reply does not.</summary>
internal sealed class StoreRule
{
    private readonly SimStore _store;
    private readonly Func<SimSilo, StoreRequest, bool> _applies;
    private NodeId _asker;
    private SimSilo? _from;
    private StoreReply? _reply;

    /// <param name="store">The store.</param>
    /// <param name="from">Whose write; null for anybody's.</param>
    /// <param name="applies">Which.</param>
    public StoreRule(SimStore store, SimSilo? from, Func<StoreRequest, bool> applies)
    {
        _store = store;
        NodeId? life = from?.Id;
        _applies = (silo, request) => Request is null && (from is null || (silo == from && silo.Id == life)) && applies(request);
    }

    /// <summary>What was caught; null until something was.</summary>
    public StoreRequest? Request { get; private set; }

    /// <summary>Whether it has arrived.</summary>
    public bool HasLanded { get; private set; }

    /// <summary>Runs when something is caught, in the midst of it.</summary>
    public Action? OnCaught { get; init; }

    /// <summary>Whether what was caught goes on its way all the same.</summary>
    public bool Passes { get; init; }

    public bool Take(SimSilo from, StoreRequest request)
    {
        if (!_applies(from, request)) return false;
        Request = request;
        (_from, _asker) = (from, from.Id);
        OnCaught?.Invoke();
        return !Passes;
    }

    /// <summary>It arrives now; its reply does not, before <see cref="Reply"/>.</summary>
    public void Land()
    {
        HasLanded = true;
        _reply = _store.Land(Request ?? throw new StoryException("no write was caught"));
    }

    /// <summary>The reply to what has landed arrives.</summary>
    public void Reply() => _from!.TakeStoreReply(_asker, _reply!);
}
