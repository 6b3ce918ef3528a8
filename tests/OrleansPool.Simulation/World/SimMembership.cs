using OrleansPool.Core.Replication;
using OrleansPool.Simulation.Engine;

namespace OrleansPool.Simulation.World;

/// <summary>
/// Orleans' membership as a nemesis may bend it: views arrive late and skip versions, silos are declared dead that are alive, and who was declared
/// dead learns of it last.
/// </summary>
internal sealed class SimMembership(SimWorld world, SeededRandom random)
{
    private Dictionary<SiloAddress, SiloState> _silos = [];

    /// <summary>The newest view.</summary>
    public MembershipView View { get; private set; } = new(0, new Dictionary<SiloAddress, SiloState>());

    /// <summary>What it says of a silo.</summary>
    public SiloState StateOf(SiloAddress silo) => _silos.GetValueOrDefault(silo, SiloState.Absent);

    /// <summary>Changes what it says of a silo, and tells everybody, some time.</summary>
    public void Set(SiloAddress silo, SiloState state)
    {
        if (StateOf(silo) == SiloState.Dead || StateOf(silo) == state) return;
        _silos = new Dictionary<SiloAddress, SiloState>(_silos) { [silo] = state };
        Tell();
    }

    /// <summary>Says the same of many silos, of which it said nothing, in one version.</summary>
    public void Set(IEnumerable<SiloAddress> silos, SiloState state)
    {
        _silos = new Dictionary<SiloAddress, SiloState>(_silos);
        foreach (SiloAddress silo in silos) _silos.Add(silo, state);
        Tell();
    }

    /// <summary>Says nothing of a silo any more, as of one that has been dead for long.</summary>
    public void Forget(SiloAddress silo)
    {
        _silos = new Dictionary<SiloAddress, SiloState>(_silos.Where(entry => !entry.Key.Equals(silo)));
        Tell();
    }

    /// <summary>A version without news: votes change the table too.</summary>
    public void Vote()
    {
        Tell();
    }

    /// <summary>Sends the present view to one silo.</summary>
    public void TellTo(SimSilo silo, bool soon)
    {
        bool isLate = !soon && world.Swarm.ViewsAreLate && world.IsFaulty && random.OneIn(4);
        TimeSpan delay = isLate
            ? random.Between(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(6))
            : random.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(50));
        NodeId receiver = silo.Id;
        world.Queue.Plan(delay, () =>
        {
            // Whatever is newest when it arrives: versions between are skipped.
            if (!world.IsCutFromStore(silo)) silo.TakeView(receiver, View);
        });
    }

    private void Tell()
    {
        View = new MembershipView(View.Version + 1, _silos);
        foreach (SimSilo silo in world.Silos) TellTo(silo, soon: false);
    }
}
