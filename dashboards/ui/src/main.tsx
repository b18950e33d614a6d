import { render } from 'preact';
import 'uplot/dist/uPlot.min.css';
import './style/base.css';
import './style/frame.css';
import './style/controls.css';
import './style/logs.css';
import './style/charts.css';
import './style/releases.css';
import './style/narrow.css';
import { App } from './app';
import { startRouting } from './lib/route';

startRouting();
render(<App />, document.getElementById('app')!);
