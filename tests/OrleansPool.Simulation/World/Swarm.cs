using OrleansPool.Simulation.Engine;

namespace OrleansPool.Simulation.World;

/// <summary>
/// Which faults a run has, and how many: each seed draws a subset of its own (Groce et al., "Swarm Testing", ISSTA 2012), because faults that
/// happen all the time hide what a few of them would show.
/// </summary>
internal sealed record Swarm
{
    /// <summary>One message in so many is lost; 0 for none.</summary>
    public int Loss { get; init; }

    /// <summary>One in so many comes twice.</summary>
    public int Duplication { get; init; }

    /// <summary>One in so many takes long.</summary>
    public int Reordering { get; init; }

    /// <summary>Longest ordinary delay.</summary>
    public int DelayMicrosecondsMax { get; init; } = 500;

    /// <summary>Links are cut one way, or a silo from all others.</summary>
    public bool Cuts { get; init; }

    /// <summary>Links are clogged.</summary>
    public bool Clogs { get; init; }

    /// <summary>Silos crash, and come back as another life.</summary>
    public bool Crashes { get; init; }

    /// <summary>Silos stop for a while, anywhere in their work.</summary>
    public bool Pauses { get; init; }

    /// <summary>Membership declares the living dead.</summary>
    public bool FalseDeaths { get; init; }

    /// <summary>Views come late.</summary>
    public bool ViewsAreLate { get; init; }

    /// <summary>The store loses requests and replies, and applies some late.</summary>
    public bool StoreLoses { get; init; }

    /// <summary>The store is slow.</summary>
    public bool StoreIsSlow { get; init; }

    /// <summary>The store goes away for a while.</summary>
    public bool StoreGoesAway { get; init; }

    /// <summary>A silo is cut from the store alone.</summary>
    public bool CutsFromStore { get; init; }

    /// <summary>Segments are moved between silos.</summary>
    public bool Moves { get; init; }

    /// <summary>Silos leave in good order.</summary>
    public bool Departures { get; init; }

    /// <summary>Clocks run at different rates, up to what the protocol allows.</summary>
    public bool ClocksDiffer { get; init; }

    /// <summary>Clocks differ by more than the protocol allows: stale reads are expected.</summary>
    public bool ClocksAreBroken { get; init; }

    /// <summary>The store goes back to an older state.</summary>
    public bool StoreGoesBack { get; init; }

    /// <summary>Fewest in-sync copies with which operations are accepted.</summary>
    public int InSyncMin { get; init; } = 1;

    /// <summary>Most copies that one silo has memory for.</summary>
    public int CopiesMax { get; init; } = 64;

    /// <summary>How many of a hundred operations are reads.</summary>
    public int ReadPercent { get; init; } = 42;

    /// <summary>Blocks that the cache of one silo holds.</summary>
    public int CachedBlocks { get; init; } = 12;

    /// <summary>How long it takes at most until blocks that were given back are zeroed.</summary>
    public int ZeroingMilliseconds { get; init; } = 2;

    /// <summary>After the faults nothing happens for longer than idle sessions live, and then something again.</summary>
    public bool HasLongQuiet { get; init; }

    /// <summary>Mean time between two faults, in milliseconds.</summary>
    public int FaultMilliseconds { get; init; } = 700;

    /// <summary>Draws a subset.</summary>
    public static Swarm Draw(SeededRandom random)
    {
        int Rate(int often, int seldom) => random.OneIn(2) ? 0 : (int)random.Between(often, seldom);
        bool Coin() => random.OneIn(2);
        return new Swarm
        {
            Loss = Rate(10, 200),
            Duplication = Rate(10, 200),
            Reordering = Rate(5, 100),
            DelayMicrosecondsMax = (int)random.Between(100, 3000),
            Cuts = Coin(),
            Clogs = Coin(),
            Crashes = Coin(),
            Pauses = Coin(),
            FalseDeaths = random.OneIn(3),
            ViewsAreLate = Coin(),
            StoreLoses = Coin(),
            StoreIsSlow = Coin(),
            StoreGoesAway = random.OneIn(3),
            CutsFromStore = random.OneIn(3),
            Moves = Coin(),
            Departures = random.OneIn(3),
            ClocksDiffer = Coin(),
            InSyncMin = random.OneIn(4) ? 2 : 1,
            HasLongQuiet = random.OneIn(50),
            CopiesMax = random.OneIn(4) ? 4 : 64,
            ReadPercent = random.Pick([20, 42, 42, 70, 90]),
            CachedBlocks = (int)random.Between(2, 40),
            FaultMilliseconds = (int)random.Between(150, 2500),
            ZeroingMilliseconds = random.OneIn(4) ? 200 : 2,
        };
    }
}
