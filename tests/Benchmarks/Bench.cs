namespace NewsPlatform.Benchmarks;

/// <summary>What every row measures with.</summary>
/// <param name="Repetitions">Of each figure, interleaved with its limit.</param>
sealed record Bench(Installation Stack, Editor Editor, HttpClient Reader, Report Report, int Repetitions, string Folder)
{
    /// <summary>Measures something and its limit in turn, as often as is wanted.</summary>
    public async Task<(List<double> Figures, List<double> Limits)> InTurnAsync(Func<Task<double>> figure, Func<Task<double>> limit)
    {
        var (figures, limits) = (new List<double>(), new List<double>());
        for (var i = 0; i < Repetitions; i++)
        {
            figures.Add(await figure());
            limits.Add(await limit());
        }
        return (figures, limits);
    }

    /// <summary>Waits until a story is on the line.</summary>
    public async Task OnTheLineAsync(Guid id)
    {
        while (true)
        {
            using var answer = await Reader.GetAsync(new Uri($"api/news/{id}", UriKind.Relative));
            if (answer.IsSuccessStatusCode)
            {
                return;
            }
            await Task.Delay(5);
        }
    }

    /// <summary>Has psql run a statement, or a command of its own.</summary>
    /// <returns>The rows, a line each.</returns>
    public Task<string> SqlAsync(string database, string statement) => PsqlAsync(database, "-c", statement);

    /// <summary>Has psql run files one after the other.</summary>
    /// <param name="variables">That they read, each as <c>name=value</c>.</param>
    public Task RunSqlAsync(string database, IEnumerable<string> variables, params string[] files) =>
        PsqlAsync(
            database,
            [.. variables.SelectMany(variable => new[] { "-v", variable }), .. files.SelectMany(file => new[] { "-f", file })]
        );

    Task<string> PsqlAsync(string database, params string[] arguments) =>
        Tool.RunAsync(
            "env",
            [
                $"PGPASSWORD={Stack.Server("POSTGRES_PASSWORD")}",
                "psql",
                "-XqAt",
                "-v",
                "ON_ERROR_STOP=1",
                "-h",
                Stack.Server("POSTGRES_HOST"),
                "-p",
                Stack.Server("POSTGRES_PORT"),
                "-U",
                "postgres",
                "-d",
                database,
                .. arguments,
            ]
        );
}
