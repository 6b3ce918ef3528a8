namespace OrleansPool.Core.Replication;

/// <summary>
/// A seam for the tests of the tests: the simulator runs the code with one known mistake in it and must notice. Which one is read once,
/// when the process starts, so that the compiler takes every question out of the code that ships: nothing there sets it.
/// </summary>
internal static class Mutant
{
    /// <summary>The name under which a test process sets the mistake, by <see cref="AppContext.SetData"/>, before anything else.</summary>
    public const string SettingName = "OrleansPool.Core.Mutation";

    private static readonly Mutation Active = AppContext.GetData(SettingName) is string name ? Enum.Parse<Mutation>(name) : Mutation.None;

    /// <summary>Whether the process runs with a mistake.</summary>
    public static bool Is(Mutation mutation) => Active == mutation;
}
