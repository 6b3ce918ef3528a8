using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Scenarios;

/// <summary>What a script does to some of the messages that are sent, until it is lifted.</summary>
/// <param name="network">The network.</param>
/// <param name="applies">To which messages.</param>
/// <param name="fate">What becomes of them; it says whether the network need not care any more.</param>
internal sealed class MessageRule(SimNetwork network, Func<Envelope, bool> applies, Func<MessageRule, Envelope, bool> fate)
{
    private readonly List<Envelope> _held = [];

    /// <summary>How many messages it applied to.</summary>
    public int Count { get; private set; }

    /// <summary>What is held back.</summary>
    public IReadOnlyList<Envelope> Held => _held;

    public bool IsLifted { get; private set; }

    public bool Take(Envelope envelope)
    {
        if (IsLifted || !applies(envelope)) return false;
        Count++;
        return fate(this, envelope);
    }

    public void Hold(Envelope envelope) => _held.Add(envelope);

    /// <summary>It applies to nothing any more. What was held goes on its way.</summary>
    public void Lift()
    {
        IsLifted = true;
        foreach (Envelope envelope in _held) network.Pass(envelope);
        _held.Clear();
    }

    /// <summary>It applies to nothing more; what is held is kept, for a later <see cref="Lift"/>.</summary>
    public void Stop() => IsLifted = true;
}
