using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Scenarios;

/// <summary>Holds, drops, delays or repeats chosen messages.</summary>
internal sealed class MessageRules
{
    private readonly SimNetwork _network;
    private readonly List<MessageRule> _rules = [];

    public MessageRules(SimNetwork network)
    {
        _network = network;
        network.Interceptor = Take;
    }

    /// <summary>Messages that are sent go nowhere.</summary>
    public MessageRule Drop<T>(SimSilo? from = null, SimSilo? to = null, Func<T, bool>? where = null) =>
        Add(from, to, where, static (_, _) => true);

    /// <summary>Messages that are sent wait until the rule is lifted.</summary>
    public MessageRule Hold<T>(SimSilo? from = null, SimSilo? to = null, Func<T, bool>? where = null) =>
        Add(from, to, where, static (rule, envelope) =>
        {
            rule.Hold(envelope);
            return true;
        });

    /// <summary>Messages that are sent take some time more.</summary>
    public MessageRule Delay<T>(TimeSpan late, SimSilo? from = null, SimSilo? to = null, Func<T, bool>? where = null) =>
        Add(from, to, where, (_, envelope) =>
        {
            _network.Pass(envelope, late);
            return true;
        });

    /// <summary>Messages arrive, and once again when the rule is lifted.</summary>
    public MessageRule Repeat<T>(SimSilo? from = null, SimSilo? to = null, Func<T, bool>? where = null) =>
        Add(from, to, where, static (rule, envelope) =>
        {
            rule.Hold(envelope);
            return false;
        });

    /// <summary>Nothing is done to any message any more; what was held is lost.</summary>
    public void Forget() => _rules.Clear();

    private MessageRule Add<T>(SimSilo? from, SimSilo? to, Func<T, bool>? where, Func<MessageRule, Envelope, bool> fate)
    {
        var rule = new MessageRule(
            _network,
            envelope => envelope.Content is T content && (from is null || envelope.From.Place == from.Place) && (to is null || envelope.To.Place == to.Place)
                && where?.Invoke(content) != false,
            fate);
        _rules.Add(rule);
        return rule;
    }

    private bool Take(Envelope envelope)
    {
        foreach (MessageRule rule in _rules)
        {
            if (rule.Take(envelope)) return true;
        }

        return false;
    }
}
