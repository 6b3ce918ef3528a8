namespace OrleansPool.Simulation.Exploration;

/// <summary>One state of the whole: of every silo, of the store, what is under way, and what clients and observers have seen.</summary>
internal sealed class WorldState
{
    /// <summary>The state of a silo that is down.</summary>
    public const int Down = -1;

    /// <summary>The bit of the client among the timers.</summary>
    public const int ClientTimer = 1 << Scope.Silos;

    /// <summary>The state of each silo.</summary>
    public int[] Silos { get; private init; } = new int[Scope.Silos];

    public int Store { get; set; }

    /// <summary>How often time has passed.</summary>
    public int Time { get; set; }

    /// <summary>Whose timers are to fire since time passed last: a bit for each silo, and one for the client.</summary>
    public int Timers { get; set; }

    public int CrashesLeft { get; set; }

    public int VerdictsLeft { get; set; }

    /// <summary>The version of membership's newest view.</summary>
    public long View { get; set; } = Opening.FirstView.Version;

    /// <summary>The silos that are dead in it.</summary>
    public int DeadMask { get; set; }

    /// <summary>What is under way, in the order of its numbers.</summary>
    public List<int> Parcels { get; private init; } = [];

    /// <summary>What stands for each operation that was committed, as the first silo that knew it showed it.</summary>
    public ulong[] Committed { get; set; } = [];

    /// <summary>The sequence that each write was answered with; 0 for not yet.</summary>
    public required ulong[] Answered { get; init; }

    /// <summary>The oldest version that each read through the cache may get, since it was asked for.</summary>
    public required ulong[] Floors { get; init; }

    /// <summary>The newest version that a read could have got so far.</summary>
    public ulong Seen { get; set; }

    public WorldState Clone() => new()
    {
        Silos = [.. Silos],
        Store = Store,
        Time = Time,
        Timers = Timers,
        CrashesLeft = CrashesLeft,
        VerdictsLeft = VerdictsLeft,
        View = View,
        DeadMask = DeadMask,
        Parcels = [.. Parcels],
        Committed = Committed,
        Answered = [.. Answered],
        Floors = [.. Floors],
        Seen = Seen,
    };

    /// <summary>The newest version that was answered or read: no read that begins now may get an older one.</summary>
    public ulong Newest()
    {
        ulong newest = Seen;
        foreach (ulong answered in Answered) newest = Math.Max(newest, answered);
        return newest;
    }

    /// <summary>Something more is under way.</summary>
    public void Send(int parcel)
    {
        int at = Parcels.BinarySearch(parcel);
        Parcels.Insert(at < 0 ? ~at : at, parcel);
    }

    /// <summary>Stands for the state.</summary>
    public UInt128 Key()
    {
        ulong one = 1;
        ulong two = 2;
        Add((ulong)(uint)Store);
        Add((ulong)(uint)(Time << 24 | Timers << 16 | CrashesLeft << 12 | VerdictsLeft << 8 | DeadMask));
        Add((ulong)View);
        Add(Seen);
        foreach (int silo in Silos) Add((ulong)(uint)silo);
        foreach (ulong answer in Answered) Add(answer);
        foreach (ulong floor in Floors) Add(floor);
        foreach (ulong digest in Committed) Add(digest);
        foreach (int parcel in Parcels) Add((ulong)(uint)parcel);
        return new UInt128(one, two);

        void Add(ulong what)
        {
            one = Fingerprint.Mix(one, what);
            two = (two ^ (what + 0x632BE59BD9B4E019)) * 0x100000001B3;
            two ^= two >> 29;
        }
    }
}
