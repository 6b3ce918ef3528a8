namespace OrleansPool.Cluster.Tests.Processes;

/// <summary>The silo host as a process of its own.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private SiloProcess(ChildProcess process, string name, int gatewayPort, int dashboardPort)
    {
        Process = process;
        Name = name;
        GatewayPort = gatewayPort;
        DashboardPort = dashboardPort;
    }

    public ChildProcess Process { get; }

    public string Name { get; }

    public int GatewayPort { get; }

    public int DashboardPort { get; }

    public string Gateway => $"127.0.0.1:{GatewayPort}";

    /// <summary>Starts a silo and waits until it says that it is ready.</summary>
    public static async Task<SiloProcess> StartAsync(string name, string cluster, params string[] settings)
    {
        SiloProcess silo = await BeginAsync(name, cluster, settings);
        try
        {
            await silo.Process.LineAsync(line => line == "silo ready");
            return silo;
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a silo, whatever comes of it.</summary>
    public static async Task<SiloProcess> BeginAsync(string name, string cluster, params string[] settings)
    {
        int gatewayPort = FreePort.Next();
        int dashboardPort = FreePort.Next();
        string[] arguments =
        [
            Repository.Silo,
            "--OrleansPool:NodeName", name,
            "--OrleansPool:ClusterId", cluster,
            "--OrleansPool:ServiceId", cluster,
            "--OrleansPool:SiloPort", $"{FreePort.Next()}",
            "--OrleansPool:GatewayPort", $"{gatewayPort}",
            "--OrleansPool:DashboardPort", $"{dashboardPort}",
            .. settings,
        ];
        return new SiloProcess(await ChildProcess.StartAsync("dotnet", arguments), name, gatewayPort, dashboardPort);
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
