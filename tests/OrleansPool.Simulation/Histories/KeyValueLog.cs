using OrleansPool.Simulation.Linearizability;
using OrleansPool.Simulation.Linearizability.Models;

namespace OrleansPool.Simulation.Histories;

/// <summary>
/// Reads a history of a key-value store, one event of EDN a line: <c>{:process 0, :type :invoke, :f :append, :key "0", :value "x"}</c>. Blank lines are
/// passed over.
/// </summary>
/// <remarks>
/// <c>:ok</c> is an answer, <c>:fail</c> certainly had no effect, <c>:info</c> or no answer until the end is an unknown outcome. A get whose outcome is
/// unknown has no effect and is left out. A get of nil is one of a key never written: empty.
/// </remarks>
public static class KeyValueLog
{
    /// <summary>Whether a line looks like one of this format.</summary>
    public static bool IsLine(string line) => line.TrimStart().StartsWith('{');

    /// <summary>Reads all lines.</summary>
    /// <exception cref="HistoryFormatException">A line is none of this format.</exception>
    public static IReadOnlyList<HistoryOperation<KeyValueInput, string>> Parse(string file, IEnumerable<string> lines)
    {
        var calls = new RecordedCalls<KeyValueInput, string>(file);
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line)) Add(calls, EdnMap.Parse(file, number, line), number);
        }

        return [.. calls.End(number).Where(operation => operation.IsKnown || operation.Input.Kind != KeyValueOperation.Get)];
    }

    private static void Add(RecordedCalls<KeyValueInput, string> calls, EdnMap map, int line)
    {
        int process = map.Number(":process");
        KeyValueOperation kind = map.Keyword(":f") switch
        {
            ":get" => KeyValueOperation.Get,
            ":put" => KeyValueOperation.Put,
            ":append" => KeyValueOperation.Append,
            string other => throw map.Wrong($"{other} is neither :get, :put nor :append"),
        };
        string key = map.Text(":key") ?? throw map.Wrong(":key is nil");
        bool isGet = kind == KeyValueOperation.Get;
        string type = map.Keyword(":type");
        string? value = type is ":invoke" or ":ok" ? map.Text(":value") : null;
        switch (type)
        {
            case ":invoke":
                calls.Invoke(process, new KeyValueInput(kind, key, isGet ? "" : value ?? throw map.Wrong(":value is nil")), line);
                break;
            case ":ok":
                calls.Return(process, new KeyValueInput(kind, key, isGet ? "" : value ?? ""), isGet ? value ?? "" : "", line);
                break;
            case ":fail":
                calls.Fail(process, line);
                break;
            case ":info":
                calls.Lose(process, line);
                break;
            default:
                throw map.Wrong($"{type} is neither :invoke, :ok, :fail nor :info");
        }
    }
}
