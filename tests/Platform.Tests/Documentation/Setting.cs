using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace NewsPlatform.Platform.Tests.Documentation;

/// <summary>One setting of a section of the configuration, as its options' class declares it.</summary>
/// <param name="Default">The object that holds it, as it is when nothing is set.</param>
sealed record Setting(PropertyInfo Property, object Default)
{
    /// <summary>What can be set in an options' class, in the order of its source.</summary>
    public static IEnumerable<Setting> Of(object options) =>
        options
            .GetType()
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.SetMethod is { IsPublic: true })
            .OrderBy(property => property.MetadataToken)
            .Select(property => new Setting(property, options));

    object? Value => Property.GetValue(Default);

    /// <summary>The options within, such as the limits of one class of requests.</summary>
    public object? Nested => Value is { } value && IsOptions(value.GetType()) ? value : null;

    /// <summary>One of the options that a list holds, as it is when nothing of it is set.</summary>
    public object? NestedItem =>
        Property.PropertyType.GenericTypeArguments is [{ } item] && IsOptions(item) ? Activator.CreateInstance(item) : null;

    bool IsList => Property.PropertyType != typeof(string) && Property.PropertyType.IsAssignableTo(typeof(IEnumerable));

    /// <summary>As the environment names it, behind the name of its section.</summary>
    public string Name =>
        Property.Name
        + (IsList ? "__0" : "")
        + (Nested ?? NestedItem) switch
        {
            null => "",
            _ => "__…",
        };

    public string Facts => string.Join("; ", new[] { DefaultText, Range }.OfType<string>());

    string? DefaultText =>
        (Value, Property.GetCustomAttribute<RequiredAttribute>()) switch
        {
            (null or "", not null) => "required",
            _ when Nested is { } nested => string.Join(", ", Of(nested).Select(inner => $"{inner.Property.Name} {inner.Shown}")),
            _ when NestedItem is not null => null,
            _ => Shown,
        };

    string Shown =>
        Value switch
        {
            null or "" => "none",
            string text => $"`{text.Replace(",", text.Length > 60 ? "`, `" : ",", StringComparison.Ordinal)}`",
            bool flag => flag ? "`true`" : "`false`",
            IEnumerable items => items.Cast<object>().Select(item => $"`{item}`").ToArray() is { Length: > 0 } all
                ? string.Join(", ", all)
                : "none",
            var value => $"`{Convert.ToString(value, CultureInfo.InvariantCulture)}`",
        };

    string? Range =>
        Property.GetCustomAttribute<RangeAttribute>() is { } range ? $"{Number(range.Minimum)} to {Number(range.Maximum)}"
        : Property.PropertyType.IsEnum ? string.Join(", ", Enum.GetNames(Property.PropertyType).Select(name => $"`{name}`"))
        : null;

    static string Number(object bound) =>
        Convert.ToDecimal(bound, CultureInfo.InvariantCulture).ToString("#,0.##", CultureInfo.InvariantCulture);

    static bool IsOptions(Type type) =>
        type is { IsClass: true, IsAbstract: false, IsArray: false }
        && type.Namespace!.StartsWith("NewsPlatform.", StringComparison.Ordinal)
        && type.GetConstructor([]) is not null;
}
