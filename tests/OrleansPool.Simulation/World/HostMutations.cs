namespace OrleansPool.Simulation.World;

/// <summary>Which of the mistakes of hosts this process has.</summary>
internal static class HostMutations
{
    /// <summary>The name under which a process sets it, by <see cref="AppContext.SetData"/>, before anything else.</summary>
    public const string SettingName = "OrleansPool.Simulation.HostMutation";

    /// <summary>The one that is set.</summary>
    public static HostMutation Active { get; } = AppContext.GetData(SettingName) is string name ? Enum.Parse<HostMutation>(name) : HostMutation.None;
}
