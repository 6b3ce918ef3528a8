namespace OrleansPool.Cluster.Tests.Processes;

/// <summary>The dashboard by itself, as a process of its own.</summary>
internal sealed class DashboardProcess : IAsyncDisposable
{
    private DashboardProcess(ChildProcess process, int port)
    {
        Process = process;
        Port = port;
    }

    public ChildProcess Process { get; }

    public int Port { get; }

    public string Address => $"http://127.0.0.1:{Port}";

    /// <summary>Starts it and waits until it has found the cluster.</summary>
    public static async Task<DashboardProcess> StartAsync(string cluster, params string[] settings)
    {
        DashboardProcess dashboard = await BeginAsync(cluster, settings);
        try
        {
            await dashboard.Process.LineAsync(line => line == "dashboard ready");
            return dashboard;
        }
        catch
        {
            await dashboard.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it, whatever comes of it.</summary>
    public static async Task<DashboardProcess> BeginAsync(string cluster, params string[] settings)
    {
        int port = FreePort.Next();
        string[] arguments =
        [
            Repository.Dashboard,
            "--OrleansPool:ClusterId", cluster,
            "--OrleansPool:ServiceId", cluster,
            "--OrleansPool:DashboardPort", $"{port}",
            .. settings,
        ];
        return new DashboardProcess(await ChildProcess.StartAsync("dotnet", arguments), port);
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
