import * as echarts from 'echarts';

interface ChartLine {
  readonly name: string;
  /** Size and milliseconds. */
  readonly points: readonly (readonly [number, number])[];
}

/** Milliseconds by number of records, both in powers of ten, as SVG. */
export function drawChart(title: string, lines: readonly ChartLine[]): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 900, height: 520 });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: '#ffffff',
      title: { text: title, left: 'center', top: 8 },
      legend: { bottom: 8 },
      grid: { left: 70, right: 40, top: 60, bottom: 90 },
      xAxis: { type: 'log', name: 'records', nameLocation: 'middle', nameGap: 28 },
      yAxis: { type: 'log', name: 'ms, median' },
      series: lines.map(({ name, points }) => ({
        type: 'line',
        name,
        data: points.map(([...point]) => point),
      })),
    });
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}
