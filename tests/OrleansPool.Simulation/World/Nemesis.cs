using OrleansPool.Core.Replication;
using OrleansPool.Simulation.Engine;

namespace OrleansPool.Simulation.World;

/// <summary>Makes things go wrong, one after the other, and some of them right again.</summary>
/// <remarks>Each strike draws from a source of its own, so that one can be left out without changing what the others are.</remarks>
internal sealed class Nemesis(SimWorld world, SeededRandom pauses)
{
    private SeededRandom _random = new(0);
    private int _down;
    private int _strikes;

    /// <summary>How often each fault happened, by name.</summary>
    public SortedDictionary<string, long> Counts { get; } = new(StringComparer.Ordinal);

    /// <summary>How often each pair of faults was in force together, or happened within 2 s.</summary>
    public SortedDictionary<string, long> Pairs { get; } = new(StringComparer.Ordinal);

    private string _last = "";
    private long _lastAt;

    /// <summary>What was done, by the number of the strike.</summary>
    public SortedDictionary<int, string> Strikes { get; } = [];

    /// <summary>Starts.</summary>
    public void Begin() => PlanNext();

    /// <summary>How long a silo stops: shorter than a read lease, longer than it, or longer than authority.</summary>
    public TimeSpan DrawPause() => DrawPause(pauses);

    private static TimeSpan DrawPause(SeededRandom from) => from.Below(4) switch
    {
        0 => from.Between(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(450)),
        1 => from.Between(TimeSpan.FromMilliseconds(450), TimeSpan.FromMilliseconds(1500)),
        2 => from.Between(TimeSpan.FromMilliseconds(1000), TimeSpan.FromMilliseconds(3000)),
        _ => from.Between(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(8)),
    };

    private void PlanNext() =>
        world.Queue.Plan(_random.Between(TimeSpan.FromMilliseconds(world.Swarm.FaultMilliseconds / 4), TimeSpan.FromMilliseconds(world.Swarm.FaultMilliseconds * 7 / 4)), () =>
        {
            if (!world.IsFaulty) return;
            _random = new SeededRandom((world.Seed * 0x9E3779B97F4A7C15) + (ulong)_strikes);
            if (!world.Options.SkippedStrikes.Contains(_strikes)) Strike();
            _strikes++;
            PlanNext();
        });

    private void Strike()
    {
        Swarm swarm = world.Swarm;
        SimSilo silo = _random.Pick(world.Silos);
        SimSilo other = _random.Pick(world.Silos);
        switch (_random.Below(12))
        {
            case 0 or 1 when swarm.Crashes:
                Crash(silo);
                break;
            case 2 or 3 when swarm.Pauses && silo.IsUp:
                TimeSpan pause = DrawPause(_random);
                silo.Pause(pause);
                Note("pause");
                if (pause > TimeSpan.FromSeconds(2.5)) Suspect(silo);
                break;
            case 4 when swarm.Pauses && silo.IsUp:
                silo.HoldNextRelease(DrawPause(_random));
                Note("pause before release");
                break;
            case 5 when swarm.Cuts:
                Cut(silo.Place, other.Place, _random.OneIn(2));
                break;
            case 6 when swarm.Cuts:
                Isolate(silo);
                break;
            case 7 when swarm.Clogs:
                Clog(silo.Place, other.Place);
                break;
            case 8 when swarm.FalseDeaths && silo.IsUp && CountActive() > 2:
                world.Membership.Set(silo.Id.Silo, SiloState.Dead);
                Note("false death");
                RestartLater(silo);
                if (other != silo && other.IsUp && _random.OneIn(3) && CountActive() > 1) EvictToo(other);
                break;
            case 9 when swarm.StoreGoesAway:
                StoreAway();
                break;
            case 10 when swarm.CutsFromStore && silo.IsUp:
                world.CutFromStore(silo);
                Note("cut from store");
                world.Queue.Plan(_random.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(12)), () => world.MendStore(silo));
                break;
            case 11 when swarm.Departures && silo.IsUp && CountActive() > 2:
                Depart(silo);
                break;
            default:
                if (swarm.StoreGoesBack) GoBack();
                else world.Membership.Vote();
                break;
        }
    }

    private void Crash(SimSilo silo)
    {
        if (!silo.IsUp || _down >= Math.Max(1, world.Silos.Count - 2)) return;
        silo.Crash();
        _down++;
        Note("crash");
        bool soon = _random.OneIn(3);
        SiloAddress address = silo.Id.Silo;
        if (!soon) DeclareDeadLater(address);
        TimeSpan until = soon ? _random.Between(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(800)) : _random.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(6));
        world.Queue.Plan(until, () =>
        {
            _down--;
            if (silo.IsUp) return;
            if (soon) Note("same second");
            world.StartSilo(silo, sameAddress: soon);
        });
    }

    private void RestartLater(SimSilo silo)
    {
        NodeId life = silo.Id;
        world.Queue.Plan(_random.Between(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(10)), () =>
        {
            if (silo.Id != life) return;
            silo.Crash();
            world.StartSilo(silo, sameAddress: false);
        });
    }

    /// <summary>Each of two silos had the other declared dead.</summary>
    private void EvictToo(SimSilo silo)
    {
        world.Membership.Set(silo.Id.Silo, SiloState.Dead);
        Note("mutual eviction");
        RestartLater(silo);
    }

    /// <summary>Membership may take a silo that does not answer for dead.</summary>
    private void Suspect(SimSilo silo)
    {
        if (CountActive() <= 2) return;
        DeclareDeadLater(silo.Id.Silo);
        RestartLater(silo);
    }

    private void DeclareDeadLater(SiloAddress address) =>
        world.Queue.Plan(_random.Between(TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(2500)), () => world.Membership.Set(address, SiloState.Dead));

    private void Cut(int from, int to, bool bothWays)
    {
        if (from == to) return;
        world.Network.Cut(from, to);
        if (bothWays) world.Network.Cut(to, from);
        Note(bothWays ? "cut both ways" : "cut one way");
        world.Queue.Plan(_random.Between(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(8)), () =>
        {
            world.Network.Mend(from, to);
            world.Network.Mend(to, from);
        });
    }

    private void Isolate(SimSilo silo)
    {
        // From all silos, or from all but one: a pair on its own.
        int partner = _random.OneIn(2) ? _random.Below(world.Silos.Count) : -1;
        foreach (SimSilo other in world.Silos)
        {
            if (other == silo || other.Place == partner) continue;
            Cut(silo.Place, other.Place, bothWays: true);
            if (partner >= 0 && partner != silo.Place) Cut(partner, other.Place, bothWays: true);
        }

        Note("isolation");
        if (_random.OneIn(2)) Suspect(silo);
        if (_random.OneIn(2)) world.CutFromStore(silo);
        world.Queue.Plan(_random.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(12)), () => world.MendStore(silo));
    }

    private void Clog(int from, int to)
    {
        world.Network.Clog(from, to);
        Note("clog");
        world.Queue.Plan(_random.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(6)), () => world.Network.Mend(from, to));
    }

    private void StoreAway()
    {
        if (world.Store.IsAway) return;
        world.Store.IsAway = true;
        Note("store away");
        world.Queue.Plan(_random.Between(TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(9)), () => world.Store.IsAway = false);
    }

    private void GoBack()
    {
        if (_random.OneIn(2)) world.Store.Save();
        else world.Store.GoBack();
        Note("store back");
    }

    private void Depart(SimSilo silo)
    {
        world.Membership.Set(silo.Id.Silo, SiloState.Leaving);
        silo.Do((node, _, _) => node.Standing.IsLeaving = true);
        Note("departure");
        NodeId life = silo.Id;
        world.Queue.Plan(_random.Between(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(8)), () =>
        {
            if (silo.Id != life || !silo.IsUp) return;
            silo.Crash();
            world.StartSilo(silo, sameAddress: false);
        });
    }

    private int CountActive() => world.Silos.Count(silo => silo.IsUp && world.Membership.StateOf(silo.Id.Silo) == SiloState.Active);

    private void Note(string fault)
    {
        Counts[fault] = Counts.GetValueOrDefault(fault) + 1;
        if (_last.Length > 0 && world.Queue.Now - _lastAt < TimeSpan.TicksPerSecond * 2)
        {
            string pair = string.CompareOrdinal(_last, fault) <= 0 ? $"{_last} + {fault}" : $"{fault} + {_last}";
            Pairs[pair] = Pairs.GetValueOrDefault(pair) + 1;
        }

        Strikes[_strikes] = Strikes.TryGetValue(_strikes, out string? before) ? $"{before}, {fault}" : $"{world.Queue.Now / (double)TimeSpan.TicksPerSecond:F3} s {fault}";
        (_last, _lastAt) = (fault, world.Queue.Now);
        world.Log($"fault: {fault}");
    }
}
